/** Bindings that come as Debian packages are those of Debian's own Python, whatever else stands in the path. */
export const DEBIAN_PYTHON = '/usr/bin/python3';
