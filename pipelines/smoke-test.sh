#!/usr/bin/env bash
# Checks a deployed app from outside, without credentials: smoke-test.sh https://func-webhooks-….azurewebsites.net
# A new deployment gets SMOKE_TEST_WAIT seconds (180) to become healthy. Exits with 1 at the first check that fails.
set -euo pipefail

url=${1:?usage: smoke-test.sh URL}
wait_seconds=${SMOKE_TEST_WAIT:-180}
headers=$(mktemp)
trap 'rm -f "$headers"' EXIT

# Prints the status of a request; leaves the answer's headers in $headers. Without an answer, the status is 000.
request() {
    curl --silent --max-time 30 --output /dev/null --dump-header "$headers" --write-out '%{http_code}' "$@" || true
}

fail() {
    echo "FAILED: $1" >&2
    exit 1
}

# expect NAME STATUS CURL-ARGUMENTS…
expect() {
    local name=$1 wanted=$2 status
    shift 2
    status=$(request "$@")
    [[ $status == "$wanted" ]] || fail "$name: expected status $wanted, got $status"
    echo "ok: $name"
}

expect_header() {
    grep --quiet --ignore-case "^$1: *$2" "$headers" || fail "the answer lacks the header '$1: $2'"
}

await_health() {
    local deadline=$((SECONDS + wait_seconds)) status
    until status=$(request "$url/health/ready") && [[ $status == 200 ]]; do
        ((SECONDS < deadline)) || fail "not healthy within $wait_seconds s: $url/health/ready answers $status"
        sleep 2
    done
    echo "ok: healthy"
}

await_health

expect "a request without a token is refused" 401 "$url/api/v1/webhooks"
expect_header WWW-Authenticate Bearer
expect_header Content-Type application/problem+json

expect "a forged token is refused" 401 --header "Authorization: Bearer e30.e30.e30" "$url/api/v1/webhooks"
expect "an event without a token is refused" 401 --request POST --data '{}' "$url/api/v1/events"
expect "the API describes itself" 200 "$url/openapi/v1.json"
expect "an unknown path is not found" 404 "$url/no-such-path"

if [[ $url == https://* ]]; then
    status=$(request "http://${url#https://}/health/ready")
    [[ $status == 30[1278] ]] || fail "plain http: expected a redirect, got $status"
    echo "ok: plain http is redirected"
fi
