/** @returns what the bundler says of the modules */
export function buildTracker(directory: string): Promise<unknown>;
