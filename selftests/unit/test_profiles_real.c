// SPDX-License-Identifier: GPL-2.0
/* The shipped profiles against real kernels, where there are any in the cache. */
#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "profile.h"
#include "resolver.h"
#include "test.h"

#define MAX_KERNELS	16
#define MAX_TYPES	400

static struct ld_err err;
static struct ld_profiles profiles;
/* For each line a bit for each kernel that has it; and so for each type of --only and --skip. */
static unsigned int *holds;
static struct type {
	char name[100];
	unsigned int held;
} types[MAX_TYPES];
static size_t nr_types;
static int kernel;

/* Whatever is asked: eight of them. */
static int read_eight(void *data, const struct livedump_root *root, __u32 size, __u64 *ret,
		      struct ld_err *e)
{
	*ret = 8;
	return 0;
}

static char letter(Elf *elf, const GElf_Sym *sym)
{
	Elf_Scn *section = sym->st_shndx < SHN_LORESERVE ? elf_getscn(elf, sym->st_shndx) : NULL;
	GElf_Shdr shdr;

	if (!section || !gelf_getshdr(section, &shdr))
		return 'A';
	return shdr.sh_flags & SHF_EXECINSTR ? 't' : 'd';
}

/* What such a kernel would show in /proc and /sys. */
static void write_kernel(const char *dir, Elf *elf)
{
	char *text = NULL, *name;
	Elf_Scn *section = NULL;
	size_t size, index, i;
	GElf_Shdr shdr;
	GElf_Sym sym;
	Elf_Data *data;
	FILE *to;

	elf_getshdrstrndx(elf, &index);
	while ((section = elf_nextscn(elf, section))) {
		gelf_getshdr(section, &shdr);
		name = elf_strptr(elf, index, shdr.sh_name);
		data = shdr.sh_type == SHT_NOBITS ? NULL : elf_getdata(section, NULL);
		if (data && !strcmp(name, ".BTF"))
			tree_write(dir, "kernel/btf/vmlinux", data->d_buf, data->d_size);
		if (!data || shdr.sh_type != SHT_SYMTAB)
			continue;
		to = open_memstream(&text, &size);
		for (i = 0; gelf_getsym(data, (int)i, &sym); i++) {
			name = elf_strptr(elf, shdr.sh_link, sym.st_name);
			if (*name && sym.st_shndx != SHN_UNDEF)
				fprintf(to, "%016llx %c %s\n", (unsigned long long)sym.st_value,
					letter(elf, &sym), name);
		}
		fclose(to);
		tree_write(dir, "kallsyms", text, size);
		free(text);
	}
}

/* Caches come with what runs: here are all that profiles name. */
static void write_caches(const char *dir)
{
	const char *cache;
	char path[200];
	size_t i, k;

	tree_text(dir, "slabinfo", "slabinfo - version: 2.1\n# name\n");
	for (i = 0; i < profiles.nr; i++)
		for (k = 0; k < profiles.lines[i].nr_targets; k++) {
			cache = strstr(profiles.lines[i].targets[k], "slab:");
			if (!cache)
				continue;
			snprintf(path, sizeof(path), "kernel/slab/%s/object_size", cache + 5);
			tree_text(dir, path, "256\n");
			snprintf(path, sizeof(path), "kernel/slab/%s/aliases", cache + 5);
			tree_text(dir, path, "0\n");
		}
}

static void check_type(struct ld_btfs *set, const char *item)
{
	char name[100], *dot;
	struct ld_ctype t;
	struct ld_texpr x;
	size_t i, len;
	__u64 at = 0;

	item += strspn(item, " \t");
	len = strcspn(item, " \t");
	while (item[len] && item[len + 1])
		len++;
	snprintf(name, sizeof(name), "%s", item);
	for (i = 0; i < nr_types && strcmp(types[i].name, name); i++)
		;
	if (i == nr_types && CHECK(nr_types < MAX_TYPES))
		snprintf(types[nr_types++].name, sizeof(types[0].name), "%s", name);
	dot = strchr(name, '.');
	if (dot)
		*dot = '\0';
	if (ld_texpr_parse(name, &x, &err) || ld_ctype_lookup(set, 0, &x, &t, &err))
		return;
	if (dot) {
		struct ld_span member = { dot + 1, strlen(dot + 1) };

		if (ld_ctype_member(set, &t, member, &at, &err))
			return;
	}
	types[i].held |= 1U << kernel;
}

static void check_types(struct ld_btfs *set, const struct ld_profile_line *line)
{
	char *copy, *rest, *item;
	const char *name;
	size_t i;

	for (i = 0; i < line->nr_options; i++) {
		name = line->options[i]->name;
		if (strcmp(name, "only") && strcmp(name, "skip"))
			continue;
		copy = strdup(line->options[i]->value);
		for (rest = copy; (item = strsep(&rest, ","));)
			check_type(set, item);
		free(copy);
	}
}

static size_t nr_large;

/* Its rules bind, and its target makes a plan. */
static void compile(struct ld_request *req, struct ld_resolver *r,
		    const struct ld_profile_line *line)
{
	struct ld_edges edges = { 0 };
	size_t i;

	must(ld_edges_shipped(&edges, &err));
	for (i = 0; i < line->nr_options; i++)
		if (!strcmp(line->options[i]->name, "edge"))
			CHECK(!ld_edges_line(&edges, line->file, line->line,
					     line->options[i]->value, &err));
	req->edges = &edges;
	test_check(!ld_request_compile(req, r, 2, &err), __FILE__, __LINE__, "%s:%u: %s",
		   line->file, line->line, err.msg);
	/* without edges that need to know what slabs are */
	must(ld_request_compile(req, r, 0, &err));
	for (i = 0; i < req->plan.nr_types; i++) {
		if (req->plan.types[i].size <= 4096)
			continue;
		nr_large++;
		/* for what of them is not allocated: struct kmem_cache is one */
		CHECK(req->slab.size);
	}
	ld_edges_free(&edges);
}

static bool has_line(struct ld_resolver *r, const struct ld_profile_line *line, const char *path)
{
	struct ld_request req = { 0 };
	bool found = false;
	size_t i;

	for (i = 0; !found && i < line->nr_targets; i++)
		found = !ld_request_add(&req, r, line->targets[i], &err);
	if (found)
		compile(&req, r, line);
	else
		test_check(!line->required, __FILE__, __LINE__, "%s: %s:%u: %s", path, line->file,
			   line->line, err.msg);
	ld_request_free(&req);
	return found;
}

static void try_kernel(const char *path)
{
	struct ld_resolver_opts opts = { .build_id = "", .read = read_eight };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	const char *dir = tree_new();
	struct ld_resolver *r;
	Elf *elf;
	size_t i;

	elf_version(EV_CURRENT);
	elf = fd < 0 ? NULL : elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (CHECK(elf)) {
		write_kernel(dir, elf);
		write_caches(dir);
		tree_text(dir, "1/task/1/comm", "init\n");
		opts.proc = dir;
		opts.sys = dir;
		must(ld_resolver_new(&opts, &r, &err));
		for (i = 0; i < profiles.nr; i++) {
			if (has_line(r, &profiles.lines[i], path))
				holds[i] |= 1U << kernel;
			check_types(ld_resolver_btfs(r, &err), &profiles.lines[i]);
		}
		ld_resolver_free(r);
		elf_end(elf);
	}
	CHECK(nr_large);
	nr_large = 0;
	close(fd);
	tree_remove_all();
	kernel++;
}

static const char *bits(unsigned int held)
{
	static char text[MAX_KERNELS + 1];
	int k;

	for (k = 0; k < kernel; k++)
		text[k] = held & 1U << k ? '1' + k : '-';
	text[k] = '\0';
	return text;
}

static void report(void)
{
	size_t i;

	for (i = 0; i < profiles.nr; i++) {
		const struct ld_profile_line *l = &profiles.lines[i];

		printf("# %s %s:%u: %s\n", bits(holds[i]), l->file, l->line, l->targets[0]);
		/* Debian has it in a file of its own */
		if (!strcmp(l->file, "config.profile") && strstr(l->targets[0], "kernel_config"))
			continue;
		test_check(holds[i], __FILE__, __LINE__, "%s:%u: no kernel has it: %s", l->file,
			   l->line, l->targets[0]);
	}
	for (i = 0; i < nr_types; i++)
		test_check(types[i].held, __FILE__, __LINE__, "no kernel has %s", types[i].name);
}

TEST(profiles_real)
{
	char *list = strdup(getenv("LIVEDUMP_VMLINUX") ?: ""), *path, *save = NULL;
	struct ld_profile_sources all = { 0 };
	char what[100];
	size_t i;

	must(ld_profile_sources(&all, "/nonexistent", &err));
	for (i = 0; i < all.nr; i++) {
		snprintf(what, sizeof(what), "%s%s", all.list[i].name,
			 ld_profile_takes_argument(all.list[i].text) ? "=dentry" : "");
		test_check(!ld_profiles_add(&profiles, &all, what, &err), __FILE__, __LINE__, "%s",
			   err.msg);
	}
	holds = calloc(profiles.nr, sizeof(*holds));
	for (path = strtok_r(list, " ", &save); path && kernel < MAX_KERNELS;
	     path = strtok_r(NULL, " ", &save))
		try_kernel(path);
	/* A line may be for one kernel only: all have to be there. */
	if (kernel < 4)
		test_skip("not all debug kernels are in the cache");
	else
		report();
	ld_profiles_free(&profiles);
	ld_profile_sources_free(&all);
	free(holds);
	free(list);
}
