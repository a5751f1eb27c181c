# Everything is installed and collected in the first stage; the second holds only what runs.
FROM python:3.13-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PATH=/venv/bin:$PATH
RUN python -m venv /venv
COPY requirements/production.txt /tmp/production.txt
RUN pip install --no-deps --require-hashes --only-binary :all: -r /tmp/production.txt

WORKDIR /app
COPY manage.py ./
COPY config config
COPY users users
COPY articles articles
COPY markets markets
# The settings want to be complete, though collecting files needs no server and no secret.
RUN DJANGO_SETTINGS_MODULE=config.settings.production \
    DJANGO_SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    DATABASE_URL=postgresql:///unused VALKEY_URL=redis://unused \
    ALLOWED_HOSTS=unused BASE_URL=http://unused \
    python manage.py collectstatic --no-input
RUN python -m compileall -q /venv /app

FROM python:3.13-slim-bookworm
RUN groupadd --gid 10001 oddsdesk \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin oddsdesk \
    && install --directory --owner 10001 --group 10001 /var/lib/oddsdesk
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production
WORKDIR /app
USER 10001:10001
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "config.wsgi:application"]
