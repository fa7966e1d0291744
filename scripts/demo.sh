#!/bin/sh
# Run the service on the demo year: an SQLite file in var/demo, made and filled the first time.
set -eu
bin=$1
port=$2
home=$(pwd)/var/demo
mkdir -p "$home"
[ -s "$home/secret-key" ] || (umask 077 && "$bin/python" -c 'import secrets; print(secrets.token_urlsafe(48))' >"$home/secret-key")

export FESTIVAL_SECRET_KEY="${FESTIVAL_SECRET_KEY:-$(cat "$home/secret-key")}"
export FESTIVAL_DATABASE_URL="${FESTIVAL_DATABASE_URL:-sqlite://$home/festival.sqlite3}"
export FESTIVAL_MEDIA_URL="${FESTIVAL_MEDIA_URL:-file://$home/media}"
export FESTIVAL_BASE_URL="${FESTIVAL_BASE_URL:-http://localhost:$port}"

"$bin/festival" migrate
"$bin/festival" seed --demo-people --unless-loaded
cat <<TEXT

Global Fest, the demo year, is at  $FESTIVAL_BASE_URL

  residents    $FESTIVAL_BASE_URL/                     what is on; /festival for the festival
  calendars    $FESTIVAL_BASE_URL/calendar             choose and subscribe
  vendors      $FESTIVAL_BASE_URL/apply                sign in as vendor@demo.example
  organizers   $FESTIVAL_BASE_URL/organize             sign in as organizer@demo.example
  gates        $FESTIVAL_BASE_URL/gate                 make an enrolment code at /organize/gates

  Also owner@, reviewer@, treasurer@ and gate@demo.example. The password of each is global-fest-demo.
  Mail is not sent: read it at $FESTIVAL_BASE_URL/organize/outbox. Stop with Ctrl-C.

TEXT
exec "$bin/festival" serve --port "$port"
