# SPDX-License-Identifier: GPL-2.0
# Control groups: the default hierarchy and the others, with their controllers.
include base
--depth 8 --only struct cgroup, struct cgroup_root, struct cgroup_subsys_state, struct kernfs_node, struct kernfs_root, struct css_set, struct cgrp_cset_link, struct cgroup_subsys, char
(struct cgroup_root)cgrp_dfl_root
list(((struct cgroup_root)cgrp_dfl_root).cgrp.self.children, struct cgroup, self.sibling)
cgroup_roots
init_css_set
