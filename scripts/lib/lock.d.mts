/**
 * Does `work` while holding the lock. Waits while another live process holds it, and says once that it waits
 * for `what`.
 */
export declare function withLock<T>(file: string, what: string, work: () => Promise<T>): Promise<T>;

/** Whether the process that wrote this line (`pid start-time`) still runs. */
export declare function isAlive(holder: string): boolean;
