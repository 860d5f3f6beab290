# SPDX-License-Identifier: GPL-2.0
# Libraries that compress pages, as far as they are here: CODEC_CFLAGS and CODEC_LIBS. Everything
# works without them, but for what --compression names; CODECS= builds without any.

CODECS	?= $(foreach codec,ZLIB:zlib LZO:lzo2 SNAPPY:snappy ZSTD:libzstd,\
	$(shell pkg-config --exists $(lastword $(subst :, ,$(codec))) && echo $(codec)))
CODEC_NAMES := $(foreach codec,$(CODECS),$(firstword $(subst :, ,$(codec))))
CODEC_PKGS := $(foreach codec,$(CODECS),$(lastword $(subst :, ,$(codec))))

# lzo2.pc of Debian points into its directory, our #include names it
CODEC_CFLAGS := $(CODEC_NAMES:%=-DHAVE_%) -pthread
CODEC_LIBS := $(if $(strip $(CODEC_PKGS)),$(shell pkg-config --libs $(CODEC_PKGS))) -pthread
