#!/bin/sh
# Runs inside the booted Debian, from an empty system to an empty one again. Each function claim_…
# is one claim of boot_test.py, in this order; it says `ok NAME` or `not ok NAME` and why.
# Needs: /packages/1 and /packages/2, two releases of the same packages.
set -u

vendor=/root/vendor
config=/etc/usher/usherd.toml

# Repeats a command until it succeeds, at most 20 s.
until_true() {
    tries=200
    until "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.1
    done
}

# `! command` would not do: `set -e` looks away there.
fails() {
    if "$@"; then return 1; fi
}

main_pid() { systemctl show --property=MainPID --value usherd; }
is_up() { usher status >/dev/null 2>&1; }
is_another() { [ "$(main_pid)" != 0 ] && [ "$(main_pid)" != "$1" ]; }
json_names() { grep -o "\"$1\": *\"[^\"]*\"" | cut -d'"' -f4; }

# The leases as everybody could see them: which, and since when.
leases() { usher status --json | tr -d '\n' | grep -o '"leases":.*' | json_names id; }
holds_as_before() { [ -n "$(cat /run/held)" ] && [ "$(leases)" = "$(cat /run/held)" ]; }

claim_installing_starts_the_daemon() {
    dpkg --install /packages/1/usher_*.deb /packages/1/usherd_*.deb
    systemctl is-active usherd
    systemctl is-enabled usherd
}

claim_systemd_finds_no_fault_with_the_unit() {
    systemd-analyze verify --man=no /lib/systemd/system/usherd.service
}

claim_it_runs_as_a_user_without_any_privilege() {
    status=/proc/$(main_pid)/status
    grep -E "^Uid:.($(id -u usher).){3}$(id -u usher)$" "$status"
    grep -E '^CapEff:.0+$' "$status"
    grep -E '^CapBnd:.0+$' "$status"
    grep -E '^NoNewPrivs:.1$' "$status"
}

claim_nobody_else_may_look_into_its_state() {
    [ "$(stat -c '%a %U' /var/lib/usher)" = '700 usher' ]
    [ -z "$(find /var/lib/usher/ -type f -perm /077)" ]
}

claim_root_sees_the_status() {
    usher status --json | tr -d ' \n' | grep '"mode":"serving"'
}

claim_a_member_of_its_group_is_an_operator() {
    useradd --groups usher olga
    runuser -u olga -- usher maintenance on
    runuser -u olga -- usher maintenance off
}

claim_nobody_else_reaches_its_socket() {
    fails runuser -u nobody -- usher status
}

claim_it_knows_this_host_under_all_its_hardening() {
    usher node --json
    usher node | grep '^usher-node:'
}

claim_a_right_configuration_is_taken_without_a_restart() {
    before=$(main_pid)
    dpkg-deb --extract /packages/1/usher-issuer_*.deb "$vendor"
    key=$("$vendor/usr/bin/usher-issuer" init --directory "$vendor/keys" --vendor acme)
    {
        echo 'name = "localhost"'
        echo 'anonymous = true'
        echo "vendor_keys = [\"$key\"]"
    } >"$config"
    systemctl reload usherd
    until_true sh -c 'usher address | grep usher://localhost:4750/'
    [ "$(main_pid)" = "$before" ]
}

claim_a_license_for_this_host_is_taken() {
    usher node >"$vendor/node"
    "$vendor/usr/bin/usher-issuer" sign --directory "$vendor/keys" --product PROSession \
        --number 1 --metric lease --quantity 2 --node "$vendor/node" --output "$vendor/license"
    usher license install "$vendor/license" --profile ProLicense
}

claim_an_application_holds_a_seat() {
    USHER_SERVER=$(usher address)
    export USHER_SERVER
    usher run ProLicense -- sleep 1000 >/run/holder.log 2>&1 &
    echo $! >/run/holder
    until_true sh -c 'usher status --json | grep -q ProLicense'
    until_true sh -c '[ -n "$(usher leases | grep ProLicense)" ]'
    leases >/run/held
    holds_as_before
}

claim_a_wrong_configuration_is_refused_with_its_line() {
    before=$(main_pid)
    cp "$config" /run/right.toml
    echo 'nonsense = 1' >>"$config"
    fails systemctl reload usherd
    cp /run/right.toml "$config"
    journalctl --unit usherd --no-pager | grep 'usherd.toml:4'
    is_up
    [ "$(main_pid)" = "$before" ]
}

claim_a_change_that_needs_a_restart_is_refused_as_a_whole() {
    {
        cat /run/right.toml
        echo 'threads = 3'
    } >"$config"
    systemctl reload usherd
    until_true sh -c 'journalctl --unit usherd --no-pager | grep usherd.toml:4.*threads'
    cp /run/right.toml "$config"
    is_up
    holds_as_before
}

claim_who_held_a_seat_holds_it_after_kill_9() {
    before=$(main_pid)
    kill -9 "$before"
    until_true is_another "$before"
    until_true is_up
    holds_as_before
}

claim_a_daemon_that_stands_still_is_started_again() {
    mkdir -p /run/systemd/system/usherd.service.d
    printf '[Service]\nWatchdogSec=3s\n' >/run/systemd/system/usherd.service.d/quick.conf
    systemctl daemon-reload
    systemctl restart usherd
    before=$(main_pid)
    kill -STOP "$before"
    until_true is_another "$before"
    until_true is_up
    journalctl --unit usherd --no-pager | grep -i 'watchdog timeout'
    rm /run/systemd/system/usherd.service.d/quick.conf
    systemctl daemon-reload
    holds_as_before
}

claim_an_upgrade_keeps_who_holds_and_what_was_configured() {
    before=$(main_pid)
    dpkg --install /packages/2/usher_*.deb /packages/2/usherd_*.deb
    [ "$(dpkg-query --show --showformat '${Version}' usherd)" = "$(cat /packages/2/version)" ]
    until_true is_another "$before"
    until_true is_up
    cmp "$config" /run/right.toml
    holds_as_before
}

claim_the_holder_has_come_back_by_itself() {
    until_true sh -c 'usher leases --json | grep -q "\"connected\": *true"'
}

claim_an_application_that_ends_gives_its_seat_back() {
    # The command's own parent is the seat's holder: it passes the signal on, then returns the seat.
    kill "$(cat /run/holder)"
    until_true sh -c '! usher leases | grep -q ProLicense'
}

claim_a_disabled_daemon_stays_disabled_over_an_upgrade() {
    systemctl disable --now usherd
    dpkg --install /packages/1/usherd_*.deb
    fails systemctl is-active usherd
    fails systemctl is-enabled usherd
    systemctl enable --now usherd
}

claim_its_end_is_clean() {
    systemctl stop usherd
    [ "$(systemctl show --property=Result --value usherd)" = success ]
    [ "$(systemctl show --property=ExecMainStatus --value usherd)" = 0 ]
    systemctl start usherd
}

claim_removing_ends_it_and_keeps_what_licenses_hang_on() {
    before=$(main_pid)
    dpkg --remove usherd
    [ ! -e "/proc/$before" ]
    [ ! -e /lib/systemd/system/usherd.service ]
    [ ! -e /run/usher ]
    [ -s "$config" ]
    [ -s /var/lib/usher/node.json ]
}

claim_a_purge_takes_the_configuration_and_not_the_node() {
    dpkg --purge usherd
    [ ! -e "$config" ]
    [ -s /var/lib/usher/node.json ]
}

for claim in $(sed -n 's/^claim_\([a-z0-9_]*\)() {$/\1/p' "$0"); do
    # Not in a condition, or `set -e` would mean nothing inside.
    (
        set -ex
        "claim_$claim"
    ) >"/run/$claim.log" 2>&1
    if [ $? -eq 0 ]; then
        echo "ok $claim"
    else
        echo "not ok $claim"
        sed 's/^/| /' "/run/$claim.log" | tail -30
    fi
done
echo 'the end of the claims'
echo '| what the holder said:'
sed 's/^/| /' /run/holder.log
echo '| the last of the journal:'
journalctl --unit usherd --no-pager --lines 60 | sed 's/^/| /'
