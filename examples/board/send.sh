#!/bin/sh
# SPDX-FileCopyrightText: The Tocsin contributors
# SPDX-License-Identifier: Apache-2.0
#
# Plays the node towards a board started with its defaults: signs a message with the board's own webhook secret and
# sends it. For trying things out; a real node keeps the secret to itself. Needs sh, curl and openssl.
set -eu

board=${BOARD:-http://127.0.0.1:8451}
secret_file=${SECRET_FILE:-board-data/webhook-secret}
now=$(date +%s)
version=${VERSION:-$now} # must grow with each event about one post
event=${EVENT:-evt_$now$$}

usage() {
  cat <<TXT
Usage: send.sh restrict POST     restrict a post, disclosed in full: its page answers 451
       send.sh gag POST          restrict a post under a gag: its page is that of any removed post
       send.sh own POST          restrict a post by a decision of the board's own, with a statement of reasons
       send.sh lift POST         no restriction is left: the post is back
       send.sh resolve ADDRESS   ask what an address names
       send.sh identify REF      ask the same by the board's own reference
       send.sh measures          list what the board did
Environment: BOARD (address), SECRET_FILE, EVENT (id, to send the same event again), VERSION
TXT
  exit 2
}

# send METHOD PATH MEDIA-TYPE BODY: the signature covers "id.timestamp.body" (Standard Webhooks).
send() {
  key=$(sed 's/^whsec_//' "$secret_file" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
  signature=$(printf '%s.%s.%s' "$event" "$now" "$4" |
    openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)
  set -- "$@" -sS -X "$1" "$board$2" -H "webhook-id: $event" -H "webhook-timestamp: $now" \
    -H "webhook-signature: v1,$signature"
  type=$3 body=$4
  shift 4
  if [ -n "$body" ]; then
    set -- "$@" -H "Content-Type: $type" --data-binary "$body"
  fi
  curl "$@"
}

# event TYPE POST RESTRICTIONS: the CloudEvents envelope; it always carries the whole set.
event() {
  time=$(date -u +%Y-%m-%dT%H:%M:%SZ)
  send POST /tocsin/callback application/cloudevents+json "{\"specversion\":\"1.0\",\"id\":\"$event\",\
\"source\":\"http://node.example\",\"type\":\"$1\",\"time\":\"$time\",\"datacontenttype\":\"application/json\",\
\"data\":{\"item\":{\"ref\":\"$2\",\"address\":\"$board/post/$2\"},\"version\":$version,\"restrictions\":[$3]}}"
}

[ $# -ge 1 ] || usage
start=$(date -u +%Y-%m-%dT%H:%M:%SZ)
case "$1 $#" in
  "restrict 2") event tocsin.item.restricted "$2" "{\"id\":\"rst_full\",\"from\":\"$start\",\"until\":null,\
\"territory\":[\"EU\"],\"disclosure\":\"full\",\"authority\":\"Example Authority\",\
\"basis\":\"Regulation (EU) 2021/784, Article 3\",\"order_reference\":\"EX-1\",\"reasons\":\"An example of reasons.\",\
\"remedies\":\"Court of Example, within two months.\"}" ;;
  "gag 2") event tocsin.item.restricted "$2" "{\"id\":\"rst_gag\",\"from\":\"$start\",\"until\":null,\
\"territory\":[\"EU\"],\"disclosure\":\"neutral\"}" ;;
  "own 2") event tocsin.item.restricted "$2" "{\"id\":\"rst_own\",\"from\":\"$start\",\"until\":null,\
\"territory\":[\"EU\"],\"disclosure\":\"own\",\"basis\":\"The terms of this board\",\"provision\":\"Rule 4\",\
\"facts\":\"An example of facts.\",\"reasons\":\"An example of reasons.\",\"remedies\":\"Complain within six months.\",\
\"language\":\"en\",\"detection\":\"match\",\"automated\":false,\
\"complaint\":\"http://node.example/complain/example\"}" ;;
  "lift 2") event tocsin.item.reinstated "$2" "" ;;
  "resolve 2") send POST /tocsin/resolve application/json "{\"address\":\"$2\"}" ;;
  "identify 2") send POST /tocsin/resolve application/json "{\"ref\":\"$2\"}" ;;
  "measures 1") send GET /tocsin/measures "" "" ;;
  *) usage ;;
esac
