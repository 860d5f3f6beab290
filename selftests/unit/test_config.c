// SPDX-License-Identifier: GPL-2.0
/* The administrator's defaults. */
#include "config.h"
#include "writer_dir.h"

static char *path(void)
{
	return in_test_dir("etc/config");
}

static void put(const char *text)
{
	put_file(path(), text, strlen(text));
}

static void expect_text(const char *wanted)
{
	size_t size = 0;
	char *text = need(get_file(path(), &size));

	if (strcmp(text, wanted)) {
		printf("# '%s' instead of '%s'\n", text, wanted);
		test_bad = 1;
	}
	free(text);
}

static void no_file(void)
{
	struct ld_config config;
	struct ld_err err;
	int key;

	EXPECT(!ld_config_read(path(), &config, &err));
	for (key = 0; key < LD_NR_CONFIG; key++) {
		EXPECT(!*config.value[key] && *ld_config_builtin(key));
		EXPECT(ld_config_find(ld_config_name(key), &err) == key);
	}
	EXPECT(ld_config_find("colour", &err) < 0 && err.code == LD_EXIT_USAGE);
	EXPECT_HAS(err.msg, "'colour'");
}

/* The directory is made, the file is for everybody to read, and nothing else is left. */
static void written_and_read(void)
{
	struct ld_config config;
	struct ld_err err;
	struct stat st;

	umask(077);
	EXPECT(!ld_config_write(path(), LD_CONFIG_FORMAT, "kdump", &err));
	EXPECT(!stat(path(), &st) && (st.st_mode & 0777) == 0644);
	EXPECT(!ld_config_write(path(), LD_CONFIG_COMPRESSION, "zstd", &err));
	EXPECT(!ld_config_write(path(), LD_CONFIG_LEVEL, "7", &err));
	EXPECT(!ld_config_write(path(), LD_CONFIG_THREADS, "3", &err));
	expect_text("format = kdump\ncompression = zstd\ncompression-level = 7\nnum-threads = 3\n");
	EXPECT(!ld_config_read(path(), &config, &err));
	EXPECT(!strcmp(config.value[LD_CONFIG_FORMAT], "kdump"));
	EXPECT(!strcmp(config.value[LD_CONFIG_COMPRESSION], "zstd"));
	EXPECT(!strcmp(config.value[LD_CONFIG_LEVEL], "7"));
	EXPECT(!strcmp(config.value[LD_CONFIG_THREADS], "3"));
	/* of another compression it is another level */
	EXPECT(!ld_config_write(path(), LD_CONFIG_COMPRESSION, "zlib", &err));
	expect_text("format = kdump\nnum-threads = 3\ncompression = zlib\n");
	EXPECT(!ld_config_write(path(), LD_CONFIG_THREADS, LD_CONFIG_RESET, &err));
	expect_text("format = kdump\ncompression = zlib\n");
	EXPECT(count_files(in_test_dir("etc")) == 1);
}

static void lines_of_others_stay(void)
{
	struct ld_config config;
	struct ld_err err;

	put("# ours\n\n  format=elf   # why\n\tcompression\t= none\n# format = kdump\n");
	EXPECT(!ld_config_read(path(), &config, &err));
	EXPECT(!strcmp(config.value[LD_CONFIG_FORMAT], "elf"));
	EXPECT(!strcmp(config.value[LD_CONFIG_COMPRESSION], "none"));
	EXPECT(!ld_config_write(path(), LD_CONFIG_FORMAT, "kdump", &err));
	expect_text("# ours\n\n\tcompression\t= none\n# format = kdump\nformat = kdump\n");
}

static void bad_files(void)
{
	static const struct {
		const char *text;
		const char *where;
		const char *what;
	} bad[] = {
		{ "format = elf\ncolour = red\n", ":2: ", "'colour'" },
		{ "format = pdf\n", ":1: ", "elf or kdump" },
		{ "format\n", ":1: ", "KEY = VALUE" },
		{ "format =\n", ":1: ", "elf or kdump" },
		{ "= elf\n", ":1: ", "''" },
		{ "compression = zip\n", ":1: ", "zlib, lzo, snappy, zstd or none" },
		{ "compression-level = 0\n", ":1: ", "from 1 to 19" },
		{ "compression-level = 20\n", ":1: ", "from 1 to 19" },
		{ "num-threads = 1025\n", ":1: ", "from 1 to 1024" },
		{ "num-threads = -1\n", ":1: ", "from 1 to 1024" },
		{ "num-threads = 99999999999999999999999\n", ":1: ", "from 1 to 1024" },
		{ "format = elf", ":1: ", "does not end" },
		{ "\x80\xff\n", ":1: ", "KEY = VALUE" },
	};
	struct ld_config config;
	struct ld_err err;
	char longest[600];
	size_t i;

	for (i = 0; i < LD_ARRAY_SIZE(bad); i++) {
		put(bad[i].text);
		EXPECT(ld_config_read(path(), &config, &err) && err.code == LD_EXIT_FAILED);
		EXPECT_HAS(err.msg, path());
		EXPECT_HAS(err.msg, bad[i].where);
		EXPECT_HAS(err.msg, bad[i].what);
	}
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	put(longest);
	EXPECT(ld_config_read(path(), &config, &err));
	EXPECT_HAS(err.msg, "too long");
}

static void where_it_cannot_be_written(void)
{
	struct ld_config config;
	struct ld_err err;

	put_file(in_test_dir("file"), "x", 1);
	EXPECT(ld_config_write(in_test_dir("file/config"), LD_CONFIG_FORMAT, "elf", &err));
	EXPECT_HAS(err.msg, "Not a directory");
	EXPECT(ld_config_write(in_test_dir("no/such/config"), LD_CONFIG_FORMAT, "elf", &err));
	EXPECT_HAS(err.msg, "No such file");
	/* a directory in its place */
	mkdir(in_test_dir("dir"), 0700);
	mkdir(in_test_dir("dir/config"), 0700);
	EXPECT(ld_config_read(in_test_dir("dir/config"), &config, &err));
	EXPECT(ld_config_write(in_test_dir("dir/config"), LD_CONFIG_FORMAT, "elf", &err));
	EXPECT(count_files(in_test_dir("dir")) == 1);
}

int main(void)
{
	make_test_dir();
	RUN(no_file);
	RUN(written_and_read);
	RUN(lines_of_others_stay);
	RUN(bad_files);
	RUN(where_it_cannot_be_written);
	remove_test_dir();
	return END();
}
