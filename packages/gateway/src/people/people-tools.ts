import { Seal } from "../auth/seal.ts";
import { SessionTokens } from "../auth/session-token.ts";
import { OneTimeCodes } from "./one-time-codes.ts";
import { Passwords } from "./passwords.ts";
import { SignInLimits } from "./sign-in-limits.ts";

/** What it takes to find out who somebody is. */
export type PeopleTools = {
  readonly passwords: Passwords;
  readonly codes: OneTimeCodes;
  readonly tokens: SessionTokens;
  readonly limits: SignInLimits;
};

/** `masterKey`: 32 bytes that all nodes share. */
export function createPeopleTools(masterKey: Uint8Array): PeopleTools {
  return {
    passwords: new Passwords(),
    codes: new OneTimeCodes(new Seal(masterKey, "second factors")),
    tokens: new SessionTokens(masterKey),
    limits: new SignInLimits(),
  };
}
