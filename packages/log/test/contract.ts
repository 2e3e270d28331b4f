import { afterEach, describe } from "node:test";
import type { CommandLog, LogOptions } from "@halcyon/log";
import { basicContract } from "./contract-basic.ts";
import { followContract } from "./contract-follow.ts";
import { processContract } from "./contract-processes.ts";

/** One empty log under test. */
export interface LogFixture {
  /** A handle onto the log. Handles are closed by the tests that open them. */
  open(): Promise<CommandLog>;
  /** How another process opens the same log; null when it lives in one process. */
  readonly shared: LogOptions | null;
  /** Removes the log. */
  remove(): Promise<void>;
}

export type LogFactory = () => Promise<LogFixture>;

/** What every adapter of the CommandLog port has to do. */
export function contractSuite(name: string, factory: LogFactory): void {
  void describe(`the ${name} log keeps the contract`, () => {
    const handles: CommandLog[] = [];
    const tracked: LogFactory = async () => {
      const fixture = await factory();
      const open = async (): Promise<CommandLog> => {
        const log = await fixture.open();
        handles.push(log);
        return log;
      };
      return { ...fixture, open };
    };
    // What a test that failed left open would keep its process from ending.
    afterEach(async () => {
      await Promise.all(handles.splice(0).map((log) => log.close()));
    });
    basicContract(tracked);
    followContract(tracked);
    processContract(tracked);
  });
}
