# The image of every role. Build: docker build --tag fleet-audit .
# `serve` starts in it once there are credentials: docker run --rm --volume data:/data fleet-audit credentials create --role ADMINISTRATOR
FROM python:3.11-slim AS build
COPY . /source
RUN python -m venv /opt/fleet-audit \
 && /opt/fleet-audit/bin/pip install --no-cache-dir --constraint /source/.ci/constraints.txt '/source[otel]'

FROM python:3.11-slim
COPY --from=build /opt/fleet-audit /opt/fleet-audit
RUN useradd --system --uid 10001 --no-create-home fleet-audit && install -d -o fleet-audit -m 700 /data
ENV PATH=/opt/fleet-audit/bin:$PATH PYTHONUNBUFFERED=1 FLEET_AUDIT_DATA_DIR=/data
USER 10001
EXPOSE 8080 9464
ENTRYPOINT ["fleet-audit"]
CMD ["serve", "--host", "0.0.0.0"]
