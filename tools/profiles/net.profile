# SPDX-License-Identifier: GPL-2.0
# Network: name spaces, devices with their queues and addresses, sockets.
include base
--depth 2
net_namespace_list --only struct net, struct net_device, struct netns_ipv4, struct netns_ipv6, struct in_device, struct inet6_dev
list(init_net.dev_base_head, struct net_device, dev_list) --depth 3 --only struct net_device, struct net, struct netdev_queue, struct netdev_rx_queue, struct Qdisc, struct Qdisc_ops, struct in_device, struct in_ifaddr, struct inet6_dev, struct inet6_ifaddr, struct napi_struct, struct netdev_hw_addr, struct net_device_ops, struct ethtool_ops, struct dev_ifalias, struct pcpu_lstats, struct pcpu_sw_netstats, char
proto_list --depth 1 --only struct proto

# sockets of those caches that there are
--depth 1 --only struct sock, struct socket, struct socket_wq
(struct socket_alloc)slab:sock_inode_cache
(struct tcp_sock)slab:TCP
(struct tcp6_sock)slab:TCPv6
(struct udp_sock)slab:UDP
(struct udp6_sock)slab:UDPv6
(struct raw_sock)slab:RAW
(struct unix_sock)slab:UNIX
