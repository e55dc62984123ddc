/** Loaded at first use: it takes longer to load than all of the tracker, and applications that need no hash may not have it. */
export const nodeCrypto = () => process.getBuiltinModule("node:crypto");
