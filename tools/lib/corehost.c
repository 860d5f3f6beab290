// SPDX-License-Identifier: GPL-2.0
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corehost.h"
#include "note.h"
#include "vmcoreinfo.h"

struct json_object *ld_corehost_note(const struct ld_corefile *c)
{
	struct json_tokener *tokener = c->note ? json_tokener_new() : NULL;
	struct json_object *note;

	if (!tokener)
		return NULL;
	note = json_tokener_parse_ex(tokener, c->note, (int)c->note_size);
	json_tokener_free(tokener);
	if (json_object_is_type(note, json_type_object))
		return note;
	json_object_put(note);
	return NULL;
}

static struct json_object *get(struct json_object *from, const char *key, json_type type)
{
	struct json_object *value;

	if (!json_object_is_type(from, json_type_object) ||
	    !json_object_object_get_ex(from, key, &value) || !json_object_is_type(value, type))
		return NULL;
	return value;
}

const char *ld_corehost_string(struct json_object *from, const char *key)
{
	struct json_object *value = get(from, key, json_type_string);

	return value ? json_object_get_string(value) : NULL;
}

struct json_object *ld_corehost_child(struct json_object *from, const char *key)
{
	return get(from, key, json_type_object);
}

static uint64_t get_number(struct json_object *from, const char *key)
{
	struct json_object *value = get(from, key, json_type_int);

	return value ? json_object_get_uint64(value) : 0;
}

/* A text of utsname, where it is not known yet. */
static void set(char *to, const char *text)
{
	if (!*to && text)
		snprintf(to, sizeof(((struct utsname *)0)->sysname), "%s", text);
}

static void from_note(const struct ld_corefile *c, struct ld_vmcore *core)
{
	struct json_object *note = ld_corehost_note(c);
	struct json_object *host = ld_corehost_child(note, "host");
	struct json_object *written = ld_corehost_child(note, "written");
	const uint64_t last = get_number(ld_corehost_child(note, "pages"), "last_boottime_ns");

	set(core->uts.nodename, ld_corehost_string(host, "nodename"));
	set(core->uts.release, ld_corehost_string(host, "release"));
	set(core->uts.version, ld_corehost_string(host, "version"));
	set(core->uts.machine, ld_corehost_string(host, "machine"));
	if (!core->nr_cpus)
		core->nr_cpus = (unsigned int)get_number(host, "cpus");
	if (!core->time_ns && last)
		core->time_ns = get_number(written, "boot_realtime_ns") + last;
	json_object_put(note);
}

/* Bytes at a kernel-image address, if they are in the file; they may lie on two pages. */
static int read_image(struct ld_corepages *p, uint64_t vaddr, char *to, size_t size)
{
	char *page = malloc(p->page_size);
	struct ld_text_map text;
	struct ld_err err;
	int result = page && !ld_text_map(&p->core, &text) && text.has_phys ? 0 : -1;
	size_t index, at, part;

	for (; size && !result; size -= part, to += part, vaddr += part) {
		const uint64_t paddr = vaddr - text.start + text.phys;

		index = ld_corepages_find(p, paddr / p->page_size);
		at = paddr % p->page_size;
		part = p->page_size - at < size ? p->page_size - at : size;
		if (index == SIZE_MAX || ld_corepages_read(p, index, page, &err))
			result = -1;
		else
			memcpy(to, page + at, part);
	}
	free(page);
	return result;
}

/* init_uts_ns.name, as makedumpfile finds it */
static void from_memory(struct ld_corepages *p, struct utsname *uts)
{
	char bytes[sizeof(*uts)], *offset;
	struct utsname found;
	uint64_t at;

	if (ld_vmcoreinfo_symbol(&p->core, "init_uts_ns", &at))
		return;
	offset = ld_vmcoreinfo_value(p->core.vmcoreinfo, p->core.vmcoreinfo_size,
				     "OFFSET(uts_namespace.name)");
	if (offset && !read_image(p, at + strtoull(offset, NULL, 10), bytes, sizeof(bytes)) &&
	    !memcmp(bytes, "Linux", sizeof("Linux"))) {
		ld_uts_read(bytes, &found);
		set(uts->sysname, found.sysname);
		set(uts->nodename, found.nodename);
		set(uts->release, found.release);
		set(uts->version, found.version);
		set(uts->machine, found.machine);
		set(uts->domainname, found.domainname);
	}
	free(offset);
}

/* Others write a NT_PRSTATUS for each CPU. */
static unsigned int count_cpus(const struct ld_corefile *c)
{
	unsigned int cpus = 0;
	size_t i;

	for (i = 0; i < c->nr_notes; i++)
		cpus += c->notes[i].type == NT_PRSTATUS && c->notes[i].name_size >= 4 &&
			!memcmp(c->notes[i].name, "CORE", 4);
	return cpus;
}

void ld_corehost_fill(struct ld_corepages *p, struct ld_vmcore *core)
{
	const struct ld_corefile *c = &p->core;
	char *release = NULL;

	core->machine = c->machine;
	if (c->is_kdump) {
		core->uts = c->kdump.uts;
		core->time_ns = c->kdump.time_ns;
		core->nr_cpus = c->kdump.nr_cpus > 0 ? (unsigned int)c->kdump.nr_cpus : 0;
	}
	from_note(c, core);
	from_memory(p, &core->uts);
	if (c->vmcoreinfo)
		release = ld_vmcoreinfo_value(c->vmcoreinfo, c->vmcoreinfo_size, "OSRELEASE");
	set(core->uts.sysname, "Linux");
	set(core->uts.release, release && *release ? release : "unknown");
	set(core->uts.version, "unknown");
	set(core->uts.machine, ld_elf_machine_name(c->machine));
	free(release);
	if (!core->nr_cpus)
		core->nr_cpus = count_cpus(c);
}
