import { dialectError } from "../errors.ts";
import {
  type Answer,
  answer,
  answerJson,
  type Caller,
  type GatewayContext,
  type Method,
  refuse,
} from "../method.ts";
import { type Params, param, required } from "../params.ts";

const path = "/api/v3/userDataStream";

export const startUserDataStream: Method = {
  name: "userDataStream.start",
  rest: [{ verb: "POST", path }],
  ws: "userDataStream.start",
  security: "key",
  weight: 2,
  params: {},
  handle(gateway, caller) {
    if (caller.key === null) return refuse(dialectError.rejectedApiKey);
    return answer({ listenKey: gateway.listenKeys.create(caller.key) });
  },
};

export const pingUserDataStream: Method = {
  name: "userDataStream.ping",
  rest: [{ verb: "PUT", path }],
  ws: "userDataStream.ping",
  security: "key",
  weight: 2,
  params: { listenKey: required(param.text) },
  handle: confirm,
};

/** A listen key that nobody uses any more does no harm: there is nothing to forget. */
export const stopUserDataStream: Method = {
  name: "userDataStream.stop",
  rest: [{ verb: "DELETE", path }],
  ws: "userDataStream.stop",
  security: "key",
  weight: 2,
  params: { listenKey: required(param.text) },
  handle: confirm,
};

function confirm(gateway: GatewayContext, caller: Caller, params: Params): Answer {
  const owner = gateway.listenKeys.verify(params.required("listenKey"));
  const isOwn = owner !== null && owner.account === caller.account;
  return isOwn ? answerJson("{}") : refuse(dialectError.invalidListenKey);
}
