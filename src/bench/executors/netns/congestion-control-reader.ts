import { readFileSync } from 'node:fs';

/**
 * Congestion control of all hosts: Linux's default, or Reno where this computer keeps that to itself. Namespaces start with
 * the computer's own, and what is measured would hang on it: with `bbr`, aria2 needs a fifth more time on 20 machines.
 */
export type CongestionControl = 'cubic' | 'reno';

/** What a namespace may have on this computer; Reno always is. */
export function congestionControl(): CongestionControl {
  const allowed = readFileSync('/proc/sys/net/ipv4/tcp_allowed_congestion_control', 'utf8');
  return allowed.trim().split(' ').includes('cubic') ? 'cubic' : 'reno';
}
