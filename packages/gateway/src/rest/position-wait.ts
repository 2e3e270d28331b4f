/** How long a request may wait until this node has applied the position that it names. */
export const positionWaitMs = 2_000;
