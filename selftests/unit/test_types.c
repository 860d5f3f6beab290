// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model.h"
#include "resolver.h"
#include "resolver_private.h"

static struct ld_err err;
static struct ld_resolver *r;
static struct ld_resolved res;

static const char *fake_vmlinux(void)
{
	static char path[4096];
	const char *dir = getenv("LIVEDUMP_FAKE_VMLINUX");

	if (!dir) {
		test_skip("no LIVEDUMP_FAKE_VMLINUX");
		return NULL;
	}
	snprintf(path, sizeof(path), "%s/vmlinux", dir);
	return path;
}

/* The resolver of a kernel whose vmlinux is the stand-in. */
static void set_up(const char *dir, const char *vmlinux, const char *build_id)
{
	struct ld_resolver_opts opts = {
		.proc = dir, .sys = dir, .vmlinux = vmlinux, .build_id = build_id,
	};

	must(ld_resolver_new(&opts, &r, &err));
}

static bool resolves(const char *target)
{
	err.msg[0] = '\0';
	return !ld_resolver_resolve(r, target, &res, &err);
}

static const char *type_name(void)
{
	static char buf[200];

	return ld_ctype_name(ld_resolver_btfs(r, &err), &res.plan.type, buf, sizeof(buf));
}

static void check_type(const char *target, const char *type)
{
	if (test_check(resolves(target), __FILE__, __LINE__, "%s", err.msg))
		CHECK_STR(type_name(), type);
}

TEST(types_from_table)
{
	set_up(model_tree(), NULL, NULL);
	check_type("jiffies", "u64");
	check_type("super_blocks", "struct list_head");
	check_type("kthreadd_task", "struct task_struct *");
	/* In the table, but BTF does not have it. */
	CHECK(!resolves("def_root_domain"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "the type of this symbol is not known");
	ld_resolver_free(r);
}

TEST(types_table_itself)
{
	CHECK_STR(ld_resolver_known_type("jiffies_64", 0), "u64");
	CHECK(!ld_resolver_known_type("jiffies_64", 1));
	CHECK(!ld_resolver_known_type("jiffies_6", 0));
	CHECK_STR(ld_resolver_known_type("chrdevs", 0), "struct char_device_struct *[255]");
}

/* The table speaks of the kernel image: a module's symbol of that name is another. */
TEST(types_unknown)
{
	set_up(model_tree(), NULL, NULL);
	CHECK(!resolves("untyped"));
	CHECK_ERR(&err, LD_EXIT_FAILED,
		  "untyped: the type of this symbol is not known; write '(struct TYPE)untyped', or give a debug kernel with --vmlinux FILE, or record its 64 bytes untyped: 0xffffffff82000100:64");
	CHECK(!resolves("untyped.x[3]"));
	CHECK_ERR(&err, LD_EXIT_FAILED,
		  "untyped.x[3]: the type of this symbol is not known; write '(struct TYPE)untyped'");
	CHECK(!resolves("mod:mod_dup.0"));
	CHECK(!resolves("mod2:init_task"));
	CHECK_ERR(&err, LD_EXIT_FAILED,
		  "the type of this symbol is not known; write '(struct TYPE)mod2:init_task' (module without BTF: types of vmlinux only)");
	CHECK(!resolves("mod:mod_first"));
	CHECK_ERR(&err, LD_EXIT_FAILED,
		  "write '(struct TYPE)mod:mod_first', or record its 24 bytes untyped: 0xffffffffc0001008:24");
	CHECK(!resolves("no_btf:plain"));
	CHECK_ERR(&err, LD_EXIT_FAILED,
		  "'(struct TYPE)no_btf:plain' (module without BTF: types of vmlinux only)");
	CHECK(!resolves("_end"));
	CHECK_ERR(&err, LD_EXIT_FAILED,
		  "write '(struct TYPE)_end', or give a debug kernel with --vmlinux FILE");
	CHECK(!strstr(err.msg, "untyped:"));
	ld_resolver_free(r);
}

TEST(types_unknown_and_large)
{
	const char *dir = model_tree();

	tree_text(dir, "kallsyms",
		  "ffffffff82000000 d big\nffffffff83000000 d __per_cpu_start\n"
		  "ffffffff83000000 d big_pcpu\nffffffff84000000 d __per_cpu_end\n");
	set_up(dir, NULL, NULL);
	CHECK(!resolves("big"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "or record N bytes of it untyped: 0xffffffff82000000:N");
	CHECK(!resolves("big_pcpu"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "the type of this symbol is not known");
	CHECK(!strstr(err.msg, "untyped"));
	ld_resolver_free(r);
}

/* Symbols of the stand-in, moved as KASLR would. */
static void write_kallsyms(const char *dir, const char *vmlinux, unsigned long shift)
{
	char command[5000], line[300], name[200], *text = calloc(1, 1 << 20), type;
	unsigned long address;
	FILE *f;

	snprintf(command, sizeof(command), "nm -n '%s'", vmlinux);
	f = popen(command, "re");
	must(text && f ? 0 : -1);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%lx %c %199s", &address, &type, name) == 3)
			sprintf(text + strlen(text), "%016lx %c %s\n", address + shift, type, name);
	pclose(f);
	tree_text(dir, "kallsyms", text);
	free(text);
}

static void check_dwarf_types(void)
{
	check_type("d_struct", "struct list_head");
	check_type("d_pointer", "struct task_struct *");
	check_type("d_pointers", "struct task_struct *[16]");
	check_type("d_array", "struct list_head[4]");
	check_type("d_array[3].prev", "struct list_head *");
	check_type("d_qualified", "struct list_head *");
	check_type("d_matrix", "long unsigned int[2][3]");
	check_type("d_string", "char *");
	check_type("d_typedef", "u64");
	check_type("d_union", "union both");
	check_type("d_enum", "enum system_states");
	check_type("d_void", "void *");
	check_type("d_void_pointers", "void **");
	check_type("d_function", "long unsigned int");
	check_type("d_functions", "long unsigned int[8]");
	check_type("d_array_pointer", "void *");
	check_type("d_anonymous_pointer", "void *");
	check_type("d_base", "unsigned int");
	check_type("d_bool", "_Bool");
	check_type("d_declared_first", "int[5]");
	check_type("d_static", "struct task_struct");
}

TEST(types_from_dwarf)
{
	const char *dir = model_tree(), *vmlinux = fake_vmlinux();

	if (!vmlinux)
		return;
	write_kallsyms(dir, vmlinux, 0);
	set_up(dir, vmlinux, MODEL_BUILD_ID);
	check_dwarf_types();
	ld_resolver_free(r);
	write_kallsyms(dir, vmlinux, 0x12000000);
	set_up(dir, vmlinux, NULL);
	check_dwarf_types();
	/* Types without a name, or one that BTF does not have. */
	CHECK(!resolves("d_anonymous"));
	CHECK_ERR(&err, LD_EXIT_FAILED,
		  "the type of this symbol is not known; write '(struct TYPE)d_anonymous' (the vmlinux given has no name for it, either), or record its");
	CHECK(!resolves("d_typedef_struct"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "the vmlinux given has no name for it");
	CHECK(!resolves("_stext"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "the type of this symbol is not known");
	ld_resolver_free(r);
}

/* Two statics of one name, in two units, are told apart by where the kernel has them. */
TEST(types_of_static_namesakes)
{
	struct ld_ksym start = { 0 }, first = { 0 }, second = { 0 };
	const char *dir = model_tree(), *vmlinux = fake_vmlinux();
	struct ld_kallsyms *k;
	struct ld_dwarf *d;
	size_t pos = 0;
	char *a, *b;

	if (!vmlinux)
		return;
	write_kallsyms(dir, vmlinux, 0x1000);
	must(ld_kallsyms_read(dir, &k, &err));
	must(ld_dwarf_open(vmlinux, &d, &err));
	CHECK(ld_kallsyms_next(k, "_stext", &pos, &start));
	pos = 0;
	CHECK(ld_kallsyms_next(k, "d_twice", &pos, &first));
	CHECK(ld_kallsyms_next(k, "d_twice", &pos, &second));
	a = ld_dwarf_type_of(d, "d_twice", first.address, start.address);
	b = ld_dwarf_type_of(d, "d_twice", second.address, start.address);
	/* Which comes first is up to the linker. */
	CHECK(a && b && strcmp(a, b));
	CHECK(a && (!strcmp(a, "struct list_head") || !strcmp(a, "int[4]")));
	CHECK(b && (!strcmp(b, "struct list_head") || !strcmp(b, "int[4]")));
	free(a);
	free(b);
	/* Moved by nobody knows how far, they are the same. */
	CHECK(!ld_dwarf_type_of(d, "d_twice", first.address, 0));
	ld_dwarf_close(d);
	ld_kallsyms_free(k);
}

/* Statics of functions have a number that the compiler chose. */
TEST(types_of_static_locals)
{
	const char *dir = model_tree(), *vmlinux = fake_vmlinux();
	struct ld_ksym sym;
	struct ld_kallsyms *k;
	size_t pos = 0;
	int found = 0;

	if (!vmlinux)
		return;
	write_kallsyms(dir, vmlinux, 0x1000);
	set_up(dir, vmlinux, NULL);
	must(ld_kallsyms_read(dir, &k, &err));
	while (ld_kallsyms_next(k, NULL, &pos, &sym)) {
		if (!strncmp(sym.name, "d_local.", 8))
			check_type(sym.name, "int");
		else if (!strncmp(sym.name, "d_local_list.", 13))
			check_type(sym.name, "struct list_head[2]");
		else
			continue;
		found++;
	}
	CHECK_EQ(found, 2);
	ld_kallsyms_free(k);
	ld_resolver_free(r);
}

TEST(types_of_another_vmlinux)
{
	const char *dir = model_tree(), *vmlinux = fake_vmlinux();

	if (!vmlinux)
		return;
	set_up(dir, vmlinux, "feedface");
	CHECK(!resolves("untyped"));
	CHECK_ERR(&err, LD_EXIT_FAILED,
		  "/vmlinux is of another kernel: its build id is " MODEL_BUILD_ID
		  ", that of the running kernel is feedface");
	/* What needs no vmlinux does not mind. */
	CHECK(resolves("(int)untyped"));
	CHECK(resolves("runqueues"));
	ld_resolver_free(r);
	set_up(dir, "/proc/self/exe", "feedface");
	CHECK(!resolves("untyped"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "/proc/self/exe is of another kernel: its build id is ");
	ld_resolver_free(r);
}

/* sysfs says which kernel is running if the caller does not. */
TEST(types_build_id_from_sysfs)
{
	static const unsigned char notes[] = {
		6, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 'L', 'i', 'n', 'u', 'x', 0, 0, 0, 0, 0, 0, 0,
		4, 0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0, 'G', 'N', 'U', 0, 0xfe, 0xed, 0xfa, 0xce,
	};
	const char *dir = model_tree(), *vmlinux = fake_vmlinux();
	char id[LD_BUILD_ID_MAX];
	size_t i;

	tree_write(dir, "kernel/notes", notes, sizeof(notes));
	ld_build_id_running(dir, id);
	CHECK_STR(id, "feedface");
	if (vmlinux) {
		set_up(dir, vmlinux, NULL);
		CHECK(!resolves("untyped"));
		CHECK_ERR(&err, LD_EXIT_FAILED, "that of the running kernel is feedface");
		ld_resolver_free(r);
	}
	for (i = 0; i < sizeof(notes); i++) {
		tree_write(dir, "kernel/notes", notes, i);
		ld_build_id_running(dir, id);
		CHECK_STR(id, "");
	}
	ld_build_id_running("/nonexistent", id);
	CHECK_STR(id, "");
}

TEST(types_bad_vmlinux)
{
	const char *dir = model_tree();
	char path[200];

	set_up(dir, "/nonexistent", NULL);
	CHECK(!resolves("untyped"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "/nonexistent: No such file or directory");
	ld_resolver_free(r);
	tree_text(dir, "text", "not ELF at all");
	snprintf(path, sizeof(path), "%s/text", dir);
	set_up(dir, path, NULL);
	CHECK(!resolves("untyped"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "/text: not an ELF file");
	ld_resolver_free(r);
	CHECK(!ld_vmlinux_find(""));
	CHECK(!ld_vmlinux_find("feedfacefeedfacefeedfacefeedfacefeedface"));
}

static int run(const char *command)
{
	int status = system(command);

	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(types_vmlinux_without_dwarf)
{
	const char *dir = model_tree(), *vmlinux = fake_vmlinux();
	char command[9000], path[200];

	if (!vmlinux)
		return;
	snprintf(path, sizeof(path), "%s/stripped", dir);
	snprintf(command, sizeof(command), "objcopy -g '%s' '%s'", vmlinux, path);
	if (run(command)) {
		test_skip("no objcopy");
		return;
	}
	set_up(dir, path, NULL);
	CHECK(!resolves("untyped"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "/stripped: no debugging information in it");
	ld_resolver_free(r);
}

/* Kernels whose sysfs has no BTF: that of the vmlinux will do. */
TEST(types_btf_of_vmlinux)
{
	const char *dir = tree_new(), *tree = model_tree(), *vmlinux = fake_vmlinux();
	char command[9000], path[200];

	if (!vmlinux)
		return;
	tree_text(dir, "kallsyms", model_kallsyms);
	set_up(dir, vmlinux, NULL);
	CHECK(!resolves("pid:1"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "/vmlinux: no usable BTF in it");
	ld_resolver_free(r);
	snprintf(path, sizeof(path), "%s/vmlinux", dir);
	snprintf(command, sizeof(command),
		 "objcopy --add-section .BTF=%s/kernel/btf/vmlinux '%s' '%s'", tree, vmlinux, path);
	if (run(command)) {
		test_skip("no objcopy");
		return;
	}
	set_up(dir, path, NULL);
	CHECK(resolves("pid:1"));
	CHECK(resolves("runqueues.curr"));
	ld_resolver_free(r);
	/* but not that of another kernel */
	set_up(dir, path, "feedface");
	CHECK(!resolves("pid:1"));
	CHECK_ERR(&err, LD_EXIT_FAILED, "is of another kernel");
	ld_resolver_free(r);
}
