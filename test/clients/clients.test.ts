// The clients that bots and terminals are made with, from npm and unchanged, against a venue as
// `npm start` runs it. One process and one venue for all: each file adds its tests.
import "./ccxt-rest.ts";
import "./ccxt-pro.ts";
import "./ccxt-errors.ts";
import "./connector.ts";
import "./spot.ts";
import "./binance.ts";
import "./errors.ts";
import "./keys.ts";
import "./plain.ts";
import "./signatures.ts";
import "./limits.ts";
