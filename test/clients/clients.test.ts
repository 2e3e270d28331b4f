// The clients that bots and terminals are made with, from npm and unchanged, against a venue as
// `npm start` runs it. One process and one venue for all: each file adds its tests.
import "./ccxt-rest.ts";
import "./ccxt-pro.ts";
import "./ccxt-errors.ts";
import "./ccxt-orders.ts";
import "./connector.ts";
import "./connector-orders.ts";
import "./spot.ts";
import "./spot-orders.ts";
import "./binance.ts";
import "./binance-orders.ts";
import "./errors.ts";
import "./keys.ts";
import "./plain.ts";
import "./signatures.ts";
import "./limits.ts";
