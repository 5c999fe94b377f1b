# SPDX-License-Identifier: Apache-2.0
# Stands in for influxdb:2.x where no image can be pulled: Debian's InfluxDB 1.6, with its data
# where the other has it. What differs for those who use it is in compose.yml beside this.
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
# Debian asks this file whether a package may start its service: it may not
RUN printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod +x /usr/sbin/policy-rc.d \
 && apt-get update -q \
 && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends influxdb \
 && rm -rf /var/lib/apt/lists/* \
 && mkdir -p /var/lib/influxdb2 /etc/influxdb2 && chown influxdb /var/lib/influxdb2
ENV INFLUXDB_META_DIR=/var/lib/influxdb2/meta \
    INFLUXDB_DATA_DIR=/var/lib/influxdb2/data \
    INFLUXDB_DATA_WAL_DIR=/var/lib/influxdb2/wal \
    INFLUXDB_REPORTING_DISABLED=true
USER influxdb
EXPOSE 8086
ENTRYPOINT ["/usr/bin/influxd"]
