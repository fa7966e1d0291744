#!/bin/sh
# Start SeaweedFS as an S3 store with one key, and make the bucket of the service.
set -eu
umask 077
cat >/tmp/s3.json <<JSON
{"identities": [{"name": "festival", "credentials": [{"accessKey": "$S3_ACCESS_KEY", "secretKey": "$S3_SECRET_KEY"}],
  "actions": ["Admin", "Read", "Write", "List", "Tagging"]}]}
JSON
(
  until echo "s3.bucket.create -name festival" | weed shell >/dev/null 2>&1; do sleep 2; done
) &
exec weed server -dir=/data -s3 -s3.config=/tmp/s3.json -ip.bind=0.0.0.0
