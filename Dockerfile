# The image brings no PostgreSQL of its own: give it a DATABASE_URL (compose.yaml does).

FROM python:3.13-slim AS build
COPY requirements/base.txt /tmp/base.txt
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes \
        -r /tmp/base.txt

FROM python:3.13-slim
RUN useradd --system --uid 10001 --user-group --home-dir /app --shell /usr/sbin/nologin domovoy \
    && install -d -o domovoy -g domovoy /data
COPY --from=build /venv /venv
WORKDIR /app
COPY . .
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data \
    HTTP_HOST=0.0.0.0
RUN python -m compileall -q bot handlers services
USER domovoy
VOLUME /data
EXPOSE 8080
# Past any proxy of the environment; a 503 is an exception here, and so a failure.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-c", \
    "import os, urllib.request as web; web.build_opener(web.ProxyHandler({})).open('http://127.0.0.1:' + os.environ.get('HTTP_PORT', '8080') + '/health', timeout=4)"]
CMD ["python", "-m", "bot"]
