# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: GPL-2.0
#
# livedump convert, and livedump info of kdump files: from files of ours, in each format.

# recordings: "elf" and "kdump" of one session, made once
recordings() {
	if [[ ! -e $work/recorded ]]; then
		ok start -q one
		ok snapshot -q -s one --depth 1 init_task pid:1 modules
		tool record-memory -q -s one --physical 0xa0000 4096
		tool stop -q -s one -o "$work/recorded"
		ok convert -q "$work/recorded" -o "$work/recorded.kdump" -z
	fi
	cp "$work/recorded" elf
	cp "$work/recorded.kdump" kdump
}

test_there_and_back() {
	local how
	recordings
	for how in none zlib lzo snappy zstd; do
		ok convert --json elf -o "$how" --compression "$how"
		truth "j['path'] == '$how' and j['format'] == 'kdump' and j['compression'] == '$how'" \
			"j['bytes'] == os.path.getsize('$how') and j['segments'] == 0" \
			"j['pages'] == len(core('elf').frames()) == len(kdump('$how').pfns())" \
			"j['partial_bytes'] == j['missing_pages'] == 0" "kdump('$how').check('$how')" \
			"kdump('$how').notes.count(core('elf').notes()['LIVEDUMP']) == 1"
		ok info --check "$how"
		prints "^check:    good$"
		ok convert -q "$how" -o back --format elf --force
		truth "same_memory(core('elf'), core('back'))"
	done
	ok info --check back
}

test_elf_to_elf() {
	recordings
	ok convert elf -o again --format elf
	prints "^file:     again, .*, [0-9]+ pages, ELF, written in "
	cmp elf again
	# from a file with something wrong in it
	truth "edit('elf', b'', 64 + 56 + 48, b'\x00\x10')"
	tool info --check elf
	ended 1 "p_align is 4096, not 0" "crash takes the file for a netdump"
	says "Write it anew with livedump convert"
	ok convert -q elf -o mended --format elf
	cmp mended again
}

test_info_of_a_kdump_file() {
	recordings
	ok info --check kdump
	prints "^format:   kdump vmcore for x86_64, compression zstd$"
	prints "^stored:   [0-9]+ pages, [0-9]+ of them not compressed$"
	prints "^notes:    VMCOREINFO \(.*\) LIVEDUMP \(.*\) LIVEDUMP_OBJECTS \("
	prints "^kernel:   $(uname -r)$"
	prints "^host:     $(uname -n)$"
	prints "^complete: no$"
	prints "^holes:$"
	ok info --json --check --objects kdump
	truth "j['format'] == 'kdump' and j['compression'] == 'zstd' and j['check'] == []" \
		"j['pages'] == len(kdump('kdump').pfns()) > j['compressed'] > 0" \
		"j['bytes'] == 4096 * j['pages'] and j['excluded'] == 0 and j['problems'] == []" \
		"[n['name'] for n in j['notes']] == 'VMCOREINFO LIVEDUMP LIVEDUMP_OBJECTS'.split()" \
		"j['note'] == core('elf').note()" "len(j['objects']) == j['note']['objects']['count']"
	# not one of ours
	truth "edit('kdump', b'LIVEDUMP', 0, b'X')"
	ok info --check kdump
	prints "^note:     none; this vmcore was not made by livedump$"
	prints "^host:     $(uname -n)$"
}

test_kdump_files_that_are_cut_off() {
	local size length
	recordings
	size=$(stat -c %s kdump)
	for length in 470 4096 4200 5000 8192 $((size / 2)) $((size - 1)); do
		cp "$work/recorded.kdump" kdump
		truncate -s "$length" kdump
		fails 1 "kdump is damaged or cut off" "Copy it again" convert kdump -o no --format elf
		tool info kdump
		ended 1 "kdump is damaged or cut off" "Copy it again" || { echo "# $length"; return 1; }
	done
	truncate -s 100 kdump
	fails 1 "kdump: the file ends in the header" "" info kdump
	holds "elf kdump"
}

test_kdump_files_that_break_rules() {
	recordings
	# utsname.version
	truth "edit('kdump', b'', 12 + 3 * 65, b'\0')"
	tool info --check kdump
	ended 1 "utsname has no version" "drgn does not open the file"
	says "kdump breaks 1 rule of its readers"
	ok info kdump
	tool info --check --json kdump
	[[ $status == 1 ]]
	truth "[c['rule'] for c in j['check']] == ['utsname']" "j['check'][0]['count'] == 1"
}

test_flattened_files() {
	recordings
	"$tool" convert elf -o - -c 2>"$work/err" | cat >flat
	fails 1 "flat: this is a flattened kdump file" "makedumpfile -R OTHER <FILE" info flat
	fails 1 "flat: this is a flattened kdump file" "makedumpfile -R" convert flat -o no
	truth "unflatten('flat', 'whole') > 1"
	ok convert -q elf -o direct -c
	ok convert -q whole -o again -c
	ok info --check again
	truth "kdump('whole').check('zlib')" "kdump('again').pfns() == kdump('direct').pfns()"
}

test_pages_of_a_recording() {
	recordings
	ok capture -q -o small --depth 0 init_task
	tool convert elf -o reduced --format elf --pages-of small
	# whatever the two do not share is told
	truth "core('reduced').frames() == core('elf').frames() & core('small').frames()" \
		"[p for p in core('reduced').loads if p['vaddr'] in
		  {q['vaddr'] for q in core('small').loads}]"
	if [[ $status != 0 ]]; then ended 3 "[0-9]+ pages of small are not in elf" ""; fi
	ok info --check reduced
	ok convert -q kdump -o all --format elf --pages-of elf
	cmp elf all
}

test_what_does_not_go() {
	recordings
	fails 2 "no output file is given" "use -o OTHER" convert elf
	fails 1 "elf: File exists" "--force" convert elf -o elf
	fails 1 "nosuch: No such file" "" convert nosuch -o file
	fails 1 "/bin/true: this ELF file is not a core file" "" convert /bin/true -o file
	fails 1 "nosuch: No such file" "" convert elf -o file --format elf --pages-of nosuch
	fails 2 "an ELF file is not compressed" "Leave" convert elf -o file --format elf -z
	fails 1 "no/file: No such file" "Its directory does not exist" convert elf -o no/file
	as_nobody convert "$PWD/elf" -o /tmp/file
	ended 1 "elf: Permission denied" ""
	holds "elf kdump"
}
