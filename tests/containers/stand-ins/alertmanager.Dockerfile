# SPDX-License-Identifier: Apache-2.0
# Stands in for prom/alertmanager where no image can be pulled: Debian's Alertmanager, with its data
# where the other has it.
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
# Debian asks this file whether a package may start its service: it may not
RUN printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d \
 && apt-get update -q \
 && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends prometheus-alertmanager \
 && rm -rf /var/lib/apt/lists/* \
 && mkdir -p /alertmanager && chown nobody /alertmanager
USER nobody
EXPOSE 9093
ENTRYPOINT ["/usr/bin/prometheus-alertmanager"]
