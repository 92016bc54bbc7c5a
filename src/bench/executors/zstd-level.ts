/** Of our images by default, of zstd and of Clonezilla. */
export const ZSTD_LEVEL = 3;
