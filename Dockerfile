# Build:   docker build -t cell-therapy-trials .
# The same image prepares (python manage.py prepare) and serves; compose.yaml shows both steps.
FROM python:3.13-slim AS packages
WORKDIR /build
COPY requirements.txt .
# Wheels alone: nothing from outside is compiled, and every file must have a hash of the lock.
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check \
        --require-hashes --only-binary :all: -r requirements.txt

FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PRODUCTION=1 \
    DATA_DIR=/data \
    BIND=0.0.0.0:8000
RUN groupadd --system --gid 10001 catalogue \
    && useradd --system --uid 10001 --gid catalogue --no-create-home --home-dir /data catalogue \
    && install -d -o catalogue -g catalogue -m 0750 /data
WORKDIR /srv/catalogue
COPY --from=packages /opt/venv /opt/venv
COPY manage.py ./
COPY catalogue catalogue
COPY trials trials
COPY templates templates
COPY static static
COPY fixtures fixtures
RUN python -m compileall -q catalogue trials
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz/ready', timeout=8)"]
CMD ["gunicorn", "--config", "catalogue/gunicorn_conf.py", "--no-control-socket"]
