# The service as a small image: built in one stage, run in another as a user without rights.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/festival
COPY requirements.lock ./
RUN /opt/festival/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY festival festival
COPY events events
COPY vendors vendors
COPY ticketing ticketing
COPY calendar_feed calendar_feed
RUN /opt/festival/bin/pip install --no-cache-dir --no-deps . \
 && find /opt/festival -name __pycache__ -prune -exec rm -rf {} +

FROM python:3.11-slim-bookworm
# Fonts for ticket PDFs in the twelve scripts.
RUN apt-get update \
 && apt-get install -y --no-install-recommends fonts-noto-core fonts-noto-cjk tini \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data --create-home festival
COPY --from=build /opt/festival /opt/festival
ENV PATH=/opt/festival/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    FESTIVAL_DATABASE_URL=sqlite:///data/festival.sqlite3 \
    FESTIVAL_MEDIA_URL=file:///data/media
# The root file system may be read-only: all that is written lies in /data and /tmp.
VOLUME /data
USER festival
WORKDIR /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["tini", "--"]
CMD ["festival", "serve", "--host", "0.0.0.0", "--port", "8000"]
