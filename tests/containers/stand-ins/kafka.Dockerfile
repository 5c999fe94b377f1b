# SPDX-License-Identifier: Apache-2.0
# Answers to apache/kafka where no image can be pulled: the same Kafka, which takes its environment
# through the same KafkaDockerWrapper, started at the same path.
ARG JOULESTREAM_IMAGE
FROM ${JOULESTREAM_IMAGE}
USER 0
RUN useradd --no-log-init --uid 1000 --create-home appuser \
 && mkdir -p /etc/kafka/docker /mnt/shared/config /opt/kafka/config /var/lib/kafka/data \
 && chown -R appuser /opt/kafka /var/lib/kafka
COPY kafka/ /etc/kafka/docker/
RUN cp /etc/kafka/docker/log4j2.yaml /etc/kafka/docker/tools-log4j2.yaml \
 && touch /etc/kafka/docker/server.properties
USER appuser
VOLUME ["/var/lib/kafka/data"]
EXPOSE 9092
ENTRYPOINT []
CMD ["/etc/kafka/docker/run"]
