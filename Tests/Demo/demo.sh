#!/usr/bin/env bash
# The demo: a site of five machines fails over, and nothing of theirs is lost. Called by `make demo`
# with the path of the built program. Everything happens in one temporary folder, which goes at the
# end; keep it with KEEP=1. The guests are played: their disks are real ext4 file systems, and a
# write inside a guest is made in a copy of its disk, whose differing blocks are written through the
# running machine.
set -euo pipefail

program=$(realpath "$1")
work=$(mktemp --directory --suffix=-muster-demo)
lab=$work/lab
run_process=
cd "$(dirname "$0")/../.."
export PATH=$PATH:/usr/sbin:/sbin

machines=(sql01 sql02 vmm01 wap01 wap02)
declare -A tag=([sql01]=database [sql02]=database [vmm01]=vmm [wap01]=portal [wap02]=portal)

# ---- how the demo speaks -----------------------------------------------------------------------

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'
else
    bold='' dim='' plain=''
fi

heading() { printf '\n%s%s%s\n' "$bold" "$1" "$plain"; }
explain() { printf '%s\n' "$1" | fold -s -w 96; }
indent() { sed -u 's/^/    /'; }

# Runs the program on the lab without showing it.
muster() { "$program" --lab "$lab" "$@"; }

# Runs the program on the lab as a viewer would: the command, then what it says.
show() {
    printf '%s  $ muster %s%s\n' "$dim" "${*//"$work/"/}" "$plain"
    muster "$@" 2>&1 | indent
}

fail() {
    trap - ERR
    printf '\n%sThe demo failed:%s %s\n' "$bold" "$plain" "$1" >&2
    exit 1
}

clean_up() {
    [ -z "$run_process" ] || kill "$run_process" 2> /dev/null || true
    if [ -n "${KEEP:-}" ]; then echo "Kept: $work"; else rm -rf "$work"; fi
}
trap clean_up EXIT
trap 'fail "this did not succeed: $BASH_COMMAND"' ERR

# The value of the first field of that name in JSON.
field() {
    local text
    text=$(cat)
    [[ $text =~ \"$1\"\ *:\ *(\"([^\"]*)\"|([0-9]+)) ]] || return 1
    echo "${BASH_REMATCH[2]}${BASH_REMATCH[3]}"
}

# ---- what the guests do ------------------------------------------------------------------------

# Files such as a machine has: a database and its log, settings, a tree of small files.
make_files() {
    local folder=$work/files/$1
    mkdir -p "$folder"/{etc,data,logs}
    head -c 12M /dev/urandom > "$folder/data/primary.mdf"
    seq 1 200000 > "$folder/logs/primary.ldf"
    printf 'name = %s\nsite = oslo\n' "$1" > "$folder/etc/machine.conf"
    seq 1 40 | while read -r number; do
        seq "$number" "$((number * 50))" > "$folder/data/part-$number.csv"
    done
}

# A disk of 64 MiB with an ext4 file system that holds the machine's files.
make_disk() {
    make_files "$1"
    truncate --size 64M "$work/$1.img"
    mke2fs -q -t ext4 -E root_owner -d "$work/files/$1" "$work/$1.img"
}

# The guest changes, adds and deletes files; its running machine writes the differing blocks.
work_inside() {
    local name=$1 round=$2 files=$work/files/$1 image=$work/$1.img
    head -c 3M /dev/urandom > "$files/data/secondary-$round.ndf"
    seq "$round" 90000 > "$files/logs/primary.ldf"
    rm "$files/data/part-$round.csv"
    debugfs -w -f - "$image" > /dev/null 2>&1 << COMMANDS
rm data/part-$round.csv
rm logs/primary.ldf
write $files/logs/primary.ldf logs/primary.ldf
write $files/data/secondary-$round.ndf data/secondary-$round.ndf
COMMANDS
    muster vm write "$name" --disk disk0 --from "$image" > /dev/null
}

# ---- what is proven ----------------------------------------------------------------------------

# The image of a machine's disk at a site.
disk_of() { muster vm show "$1" --site "$2" --json | field path; }

# The file system is clean, and its files are those the guest wrote: no more, no less, no other.
prove() {
    local name=$1 site=$2 image found=$work/found/$1 sum
    image=$(disk_of "$name" "$site")
    e2fsck -fn "$image" > "$work/e2fsck.txt" 2>&1 \
        || { cat "$work/e2fsck.txt"; fail "the disk of $name at $site is not clean."; }
    rm -rf "$found" && mkdir -p "$found"
    debugfs -R "rdump / $found" "$image" > /dev/null 2>&1
    rm -rf "$found/lost+found"
    (cd "$work/files/$name" && find . -type f -print0 | sort -z | xargs -0 sha256sum) \
        > "$work/$name.sha256"
    (cd "$found" && sha256sum --check --quiet "$work/$name.sha256") \
        || fail "a file of $name at $site differs."
    sum=$(wc -l < "$work/$name.sha256")
    [ "$(find "$found" -type f | wc -l)" = "$sum" ] || fail "$name has files it should not have."
    printf '    %-6s e2fsck clean, %s files equal by SHA-256\n' "$name" "$sum"
}

# Power, role and epoch of every machine, for comparing before and after.
standing() { muster vm list --json; }

# ---- the story ---------------------------------------------------------------------------------

SECONDS=0

heading "Two sites"
explain "A lab is a folder: two sites, a host in each, two switches on each host. Oslo works, \
Bergen receives."
show init --sites oslo,bergen
for site in oslo bergen; do
    muster site host "$site" "$site-host1" > /dev/null
    for switch in tenant storage; do muster site switch "$site" "$switch" > /dev/null; done
done
cp runbooks/*.lua "$lab/runbooks"
show site show

heading "Five machines with real disks"
explain "Each disk is an ext4 file system of 64 MiB with files in it, made outside and imported as \
anybody's raw image would be."
address=10
for name in "${machines[@]}"; do
    make_disk "$name"
    address=$((address + 1))
    show vm import "$name" --site oslo --disk "$work/$name.img" \
        --nic "tenant=10.0.0.$address" --tag "${tag[$name]}"
done

heading "Protection and the first copy"
explain "Protecting makes a turned-off replica in Bergen; the first copy fills it."
for name in "${machines[@]}"; do muster protect "$name" --target bergen > /dev/null; done
show sync --all

heading "The machines work, and the cycles follow"
for name in "${machines[@]}"; do muster vm start "$name" > /dev/null; done
for round in 1 2; do
    explain "Round $round: every guest writes, rewrites and deletes files; then a cycle sends the \
blocks that changed."
    for name in "${machines[@]}"; do work_inside "$name" "$round"; done
    show sync --all
done
explain "One more round of writes stays unsent: the planned failover has to bring it along."
for name in "${machines[@]}"; do work_inside "$name" 3; done
show status

heading "The incident, planted"
explain "Somebody has put the replica of wap01 on the storage switch. Started like that, the \
portal would come up with no address and nobody would know why."
show vm connect wap01 --site bergen --nic nic0 --switch storage

heading "The stamp fails over, planned"
show plan show management-stamp
explain "The plan looks at every replica before the first machine is shut down, and mends what it \
finds. Before the controller it asks a person; nobody waits in memory meanwhile."
printf '%s  $ muster run management-stamp --kind planned &%s\n' "$dim" "$plain"
exec {output}< <(exec "$program" --lab "$lab" run management-stamp --kind planned \
    < /dev/null 2>&1)
run_process=$!
while IFS= read -r line <&"$output"; do
    printf '    %s\n' "$line"
    [[ $line == *"library share"* ]] && break
done
explain "A second process sees the question and answers it."
show tasks
task=$(muster tasks --json | field id) || fail "the plan has asked nothing."
show answer "$task" yes
indent <&"$output"
wait "$run_process" || fail "the planned failover did not end well."
run_process=
run=$(muster runs --json | field id)
show vm list

heading "Proof"
explain "The disks that now run in Bergen, looked at from outside: the file systems, and every \
file against what the guests wrote, the last unsent round included."
for name in "${machines[@]}"; do prove "$name" bergen; done

heading "A run that must abort"
explain "The way home, but Oslo has lost its tenant switch. The plan looks before it touches: the \
check fails, and nothing happens at all."
muster site switch oslo tenant --remove > /dev/null
standing > "$work/before.json"
status=0
show run management-stamp --kind failback || status=$?
[ "$status" = 3 ] || fail "expected exit code 3 (aborted), got $status."
standing > "$work/after.json"
cmp -s "$work/before.json" "$work/after.json" || fail "the aborted run has touched something."
explain "    Power, roles, epochs and cards of all machines: before = after."
show runs

heading "The report of the failover"
show report "$run"

heading "Done in $SECONDS seconds."
