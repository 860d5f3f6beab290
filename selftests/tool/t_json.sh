# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# What --json prints is JSON, alone on standard output, and its keys stay, and are documented.

totals="busy_ns holes_dropped missing objects pages ranges requests"

# has_totals: what a summary has
has_totals() {
	truth "keys(j['objects']) == 'bytes count listed unlisted'" "keys(j['ranges']) == 'bytes'" \
		"keys(j['pages']) ==
		 'bytes count first_boottime_ns last_boottime_ns objects ranges refreshed tables'" \
		"all(keys(m) == 'bytes holes reason' for m in j['missing'])"
}

documents="'$here/../../Documentation/json.rst', '$here/../../Documentation/vmcore.rst'"

# keys_are KEYS…: at the top; and those in it are documented too
keys_are() {
	truth "keys(j) == ' '.join(sorted('$*'.split()))" \
		"all_keys(j) - words_of($documents) == set()"
}

test_list() {
	ok list --json
	keys_are sessions
	truth "j['sessions'] == []"
	ok start -q --buffer 64M one
	ok start -q two
	ok list --json
	truth "[s['name'] for s in j['sessions']] == ['one', 'two']" \
		"keys(j['sessions'][0]) ==
		 'created creator_pid creator_uid limit name pages requests state used'" \
		"j['sessions'][0]['limit'] == 64 << 20 < j['sessions'][1]['limit']" \
		"j['sessions'][0]['state'] == 'recording'"
	ok stop -q -s one --discard
	ok stop -q -s two --discard
}

test_snapshot_and_record_memory() {
	ok start -q one
	tool snapshot --json pid:1 "0xffffffff00000000:1"
	[[ $status == 3 ]]
	keys_are session complete objects pointers ranges time_ns missing targets edges skipped
	truth "keys(j['objects']) == 'bytes count pages'" \
		"keys(j['pointers']) == 'count cut foreign null seen'" \
		"keys(j['ranges']) == 'bytes'" \
		"[keys(t) for t in j['targets']] == ['address missing recorded target'] * 2" \
		"j['missing'] == [{'reason': 'unmapped', 'bytes': 1}]"
	tool record-memory --json 0xffffffff00000000 1
	[[ $status == 3 ]]
	keys_are session address length physical recorded missing
	truth "j['missing'] == [{'reason': 'unmapped', 'bytes': 1}]"
	ok stop -q --discard
}

test_snapshot_that_ends_early() {
	ok start -q one
	tool snapshot --json --max-list 2 --only "struct kmem_cache" "init_task.mm->pgd" slab_caches
	[[ $status == 3 ]]
	keys_are session complete objects pointers ranges time_ns missing targets edges skipped
	truth "keys(j['targets'][0]) == 'address ended_at missing recorded target'" \
		"keys(j['targets'][0]['ended_at']) == 'pointer reason value'" \
		"keys(j['targets'][1]) == 'address missing recorded target'" \
		"[keys(e) for e in j['edges']] == ['broken cut edge followed long']"
	ok stop -q --discard
}

test_status() {
	ok start -q one
	ok snapshot -q pid:1
	ok status --json
	# shellcheck disable=SC2086  # words
	keys_are path format segments bytes complete session $totals
	truth "keys(j['session']) == ' '.join(sorted('name state created created_boottime_ns '
		'deadline_boottime_ns creator_pid creator_uid limit used'.split()))" \
		"j['session']['state'] == 'recording'" "j['format'] == 'elf'"
	has_totals
	ok stop -q --discard
}

test_stop_and_capture() {
	local command
	ok start -q one
	ok snapshot -q pid:1
	for command in "stop -o one" "capture -o two pid:1"; do
		# shellcheck disable=SC2086  # words
		ok $command --json
		# shellcheck disable=SC2086  # words
		keys_are path format segments bytes write_ns complete $totals
		has_totals
		truth "j['complete'] is True and j['format'] == 'elf'"
	done
}

test_stop_of_what_is_not_complete() {
	ok start -q one
	tool record-memory -q 0xffffffff00000000 4K
	tool stop -o file --json
	[[ $status == 3 ]]
	truth "j['complete'] is False" \
		"j['missing'] == [{'reason': 'unmapped', 'bytes': 4096, 'holes': 1}]"
}

info_keys="path format compression machine file_size segments pages compressed excluded bytes"
info_keys+=" release build_id kernel_offset notes problems note"

test_info() {
	tool capture -q -o file pid:1 0xffffffff00000000:1
	ok info --json file
	keys_are "$info_keys"
	truth "keys(j['note']) == ' '.join(sorted('version session host written complete cpus holes skipped '
		'$totals'.split()))" \
		"b'KERNELOFFSET=%x\\n' % int(j['kernel_offset'], 16) in
		 core('file').notes()['VMCOREINFO']" \
		"keys(j['note']['host']) ==
		 'build_id cpus machine nodename page_offset page_size ram release text_end text_start version'" \
		"keys(j['note']['holes'][0]) == 'address asked length physical reason request'" \
		"keys(j['note']['written']) ==
		 'boot_realtime_ns commands given module_abi sudo_user time tool uid'" \
		"[keys(g) for g in j['note']['written']['given']] == ['sudo_user time uid']"
	ok info --json --objects file
	keys_are "$info_keys" unlisted_objects objects
	truth "{keys(o) for o in j['objects']} ==
		{'address depth flags index parent request size step type'}" \
		"{keys(n) for n in j['notes']} == {'name size type'}"
	truth "edit('file', b'PAGESIZE', 0, b'X')"
	tool info --json --check file
	[[ $status == 1 ]]
	keys_are "$info_keys" check
	truth "[keys(c) for c in j['check']] == ['count first meaning rule']"
}

test_convert() {
	ok capture -q -o file pid:1
	ok convert --json file -o elf --format elf
	keys_are path format segments pages bytes write_ns partial_bytes missing_pages
	ok convert --json file -o kdump -c
	keys_are path format compression segments pages bytes write_ns partial_bytes missing_pages
}

test_whatis() {
	ok whatis --json init_task
	keys_are addresses
	truth "keys(j['addresses'][0]) ==
		'address direct_map kernel_image missing operand page symbol task vmalloc_range'" \
		"keys(j['addresses'][0]['page']) == 'flags physical resource state'" \
		"keys(j['addresses'][0]['task']) == 'address comm pid'"
}
