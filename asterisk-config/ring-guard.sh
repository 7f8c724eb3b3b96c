# Hangs up calls that still ring when the controller is gone and no other controller has started.
# Started by src/adapters/asterisk/process/ring-guard.ts, which tells why.
#
#   sh ring-guard.sh PID_FILE SECONDS CONSOLE...
#
# PID_FILE   the latest guard writes its process id there, so that an older guard gives way to it
# SECONDS    how long a telephone may still ring
# CONSOLE    the command line of the Asterisk console, without -rx
pid_file=$1 seconds=$2; shift 2
echo $$ > "$pid_file"

# The controller writes a line when it stops in an orderly way. Without that line, the end of the input means
# that the controller died.
read -r line && exit 0

# Names of the outgoing calls that nobody has answered. Such a channel is Ringing, or Down with early media.
# A caller whom the controller has not answered is Ring.
unanswered() { "$@" -rx 'core show channels concise' | sed -nE 's/^([^!]+)!([^!]*!){3}(Down|Ringing)!.*/\1/p'; }

# sleep counts the time that passes, whatever the wall clock says.
sleep 1
ringing=$(unanswered "$@")
[ -n "$ringing" ] || exit 0
sleep "$seconds"
[ "$(cat "$pid_file")" = $$ ] || exit 0
unanswered "$@" | grep -Fx -- "$ringing" | while read -r name; do "$@" -rx "channel request hangup $name"; done
