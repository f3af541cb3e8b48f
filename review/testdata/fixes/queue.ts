import { EventEmitter } from "node:events";

export interface Job<T> {
  readonly id: number;
  readonly name: string;
  run(signal: AbortSignal): Promise<T>;
}

type State = "idle" | "running" | "closed";

/** A queue that runs one job at a time. */
export class Queue<T = unknown> extends EventEmitter {
  private jobs: Job<T>[] = [];
  private state: State = "idle";
  private readonly limit: number;

  constructor({ limit = 10 }: { limit?: number } = {}) {
    super();
    this.limit = limit;
  }

  push(...jobs: Job<T>[]): number {
    for (const job of jobs) {
      if (this.jobs.length >= this.limit) {
        throw new RangeError(`the queue is full: ${this.limit} jobs`);
      }
      this.jobs = [...this.jobs, job];
    }
    return this.jobs.length;
  }

  async drain(signal: AbortSignal): Promise<Map<number, T>> {
    const results = new Map<number, T>();
    this.state = "running";
    try {
      while (this.jobs.length > 0 && !signal.aborted) {
        const job = this.jobs.shift()!;
        const result = await job.run(signal);
        results.set(job.id, result);
        this.emit("done", { id: job.id, name: job.name.replace(/[^a-z(]+/g, "") });
      }
    } finally {
      this.state = "idle";
    }
    return results;
  }

  get isBusy(): boolean {
    return this.state === "running";
  }
}

export const byName = <T>(jobs: Job<T>[]): Record<string, Job<T>> =>
  Object.fromEntries(jobs.map((job) => [job.name, job]));
