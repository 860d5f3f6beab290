# SPDX-License-Identifier: GPL-2.0
# bash completion for livedump: the tool itself knows what may follow

_livedump()
{
	local candidates
	mapfile -t candidates < <("$1" __complete "$COMP_CWORD" "${COMP_WORDS[@]}" 2>/dev/null)
	if [[ ${candidates[0]} == :files ]]; then
		compopt -o default
		COMPREPLY=()
	else
		mapfile -t COMPREPLY < <(compgen -W "${candidates[*]}" -- "$2")
	fi
}
complete -F _livedump livedump
