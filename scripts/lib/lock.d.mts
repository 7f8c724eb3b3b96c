/** Does `work` while holding the lock; waits, and says so once, while another live process holds it. */
export declare function withLock<T>(file: string, what: string, work: () => Promise<T>): Promise<T>;

/** Is the process that wrote this line (`pid start-time`) still there? */
export declare function isAlive(holder: string): boolean;
