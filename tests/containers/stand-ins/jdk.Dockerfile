# SPDX-License-Identifier: Apache-2.0
# Stands in for eclipse-temurin: the JDK of this machine, which is the build's context, at its path.
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
COPY . /opt/java/openjdk
ENV JAVA_HOME=/opt/java/openjdk PATH=/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
