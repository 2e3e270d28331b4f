import { Command } from "commander";
import { callAdmin, listAdmin, path } from "../admin-client.ts";
import { withExamples } from "../examples.ts";
import { type CommonOptions, wholeNumber, withCommonOptions } from "../options.ts";
import { printResult, table } from "../output.ts";

type Market = Readonly<Record<string, string>> & { readonly symbol: string };
type Asset = { readonly id: number; readonly code: string; readonly decimals: number };

type NewMarketOptions = CommonOptions & {
  readonly base: string;
  readonly quote: string;
  readonly tickSize: string;
  readonly lotSize: string;
  readonly minPrice?: string;
  readonly maxPrice: string;
  readonly minQuantity?: string;
  readonly maxQuantity: string;
  readonly maxMarketQuantity?: string;
  readonly minNotional: string;
  readonly makerFee: string;
  readonly takerFee: string;
  readonly maxOpenOrders?: number;
};

function marketCreate(): Command {
  const command = withCommonOptions(new Command("create"))
    .argument("<symbol>", "such as SOLUSDT")
    .description("create a market; it trades at once, on all nodes")
    .requiredOption("--base <asset>", "what is bought and sold")
    .requiredOption("--quote <asset>", "what it is paid in")
    .requiredOption("--tick-size <price>", "step between prices")
    .requiredOption("--lot-size <quantity>", "step between quantities")
    .option("--min-price <price>", "lowest price (one tick)")
    .option("--max-price <price>", "highest price", "1000000")
    .option("--min-quantity <quantity>", "smallest quantity (one lot)")
    .option("--max-quantity <quantity>", "largest quantity", "9000")
    .option("--max-market-quantity <quantity>", "largest market order (the largest quantity)")
    .option("--min-notional <amount>", "smallest price x quantity", "5")
    .option("--maker-fee <share>", "fee of resting orders", "0.001")
    .option("--taker-fee <share>", "fee of orders that trade at once", "0.001")
    .option("--max-open-orders <count>", "open orders of one account", wholeNumber)
    .action(async (symbol: string, options: NewMarketOptions) => {
      const market = await callAdmin<Market>(options, "POST", "/markets", {
        symbol,
        baseAsset: options.base,
        quoteAsset: options.quote,
        tickSize: options.tickSize,
        lotSize: options.lotSize,
        minPrice: options.minPrice ?? options.tickSize,
        maxPrice: options.maxPrice,
        minQuantity: options.minQuantity ?? options.lotSize,
        maxQuantity: options.maxQuantity,
        maxMarketQuantity: options.maxMarketQuantity ?? options.maxQuantity,
        minNotional: options.minNotional,
        makerFee: options.makerFee,
        takerFee: options.takerFee,
        ...(options.maxOpenOrders === undefined ? {} : { maxOpenOrders: options.maxOpenOrders }),
      });
      printResult(options, market, `${market.symbol} trades`);
    });
  return withExamples(
    command,
    "halcyon market create SOLUSDT --base SOL --quote USDT --tick-size 0.01 --lot-size 0.001",
  );
}

function marketList(): Command {
  const command = withCommonOptions(new Command("list"))
    .description("list the markets")
    .action(async (options: CommonOptions) => {
      const markets = await listAdmin<Market>(options, "/markets", "markets");
      const keys = [
        "symbol",
        "state",
        "tickSize",
        "lotSize",
        "minNotional",
        "makerFee",
        "takerFee",
      ];
      const heading = ["SYMBOL", "STATE", "TICK", "LOT", "MIN NOTIONAL", "MAKER", "TAKER"];
      const rows = markets.map((market) => keys.map((key) => String(market[key])));
      printResult(options, { markets }, table(heading, rows));
    });
  return withExamples(command, "halcyon market list");
}

function marketState(name: string, state: string, done: string, description: string): Command {
  const command = withCommonOptions(new Command(name))
    .argument("<symbol>", "such as BTCUSDT")
    .description(description)
    .action(async (symbol: string, options: CommonOptions) => {
      const market = await callAdmin<Market>(options, "PUT", path`/markets/${symbol}/state`, {
        state,
      });
      printResult(options, market, `${symbol} ${done}`);
    });
  return withExamples(command, `halcyon market ${name} BTCUSDT`);
}

function marketFees(): Command {
  const command = withCommonOptions(new Command("fees"))
    .argument("<symbol>", "such as BTCUSDT")
    .description("set a market's fees, for fills from now on")
    .requiredOption("--maker-fee <share>", "fee of resting orders")
    .requiredOption("--taker-fee <share>", "fee of orders that trade at once")
    .action(
      async (symbol: string, options: CommonOptions & { makerFee: string; takerFee: string }) => {
        const { makerFee, takerFee } = options;
        const fees = { makerFee, takerFee };
        const market = await callAdmin<Market>(options, "PUT", path`/markets/${symbol}/fees`, fees);
        printResult(options, market, `${symbol}: maker ${makerFee}, taker ${takerFee}`);
      },
    );
  return withExamples(command, "halcyon market fees BTCUSDT --maker-fee 0 --taker-fee 0.0005");
}

export function marketCommand(): Command {
  const command = new Command("market")
    .description("create, list, halt and resume markets")
    .addCommand(marketCreate())
    .addCommand(marketList())
    .addCommand(marketState("halt", "halt", "is halted", "halt a market: it accepts nothing"))
    .addCommand(
      marketState(
        "cancel-only",
        "cancel-only",
        "takes cancels only",
        "let orders be cancelled, nothing else",
      ),
    )
    .addCommand(
      marketState("post-only", "post-only", "takes limit makers only", "let only limit makers in"),
    )
    .addCommand(
      marketState(
        "auction",
        "auction",
        "gathers orders",
        "gather orders without matching; resume opens at one price",
      ),
    )
    .addCommand(marketState("resume", "trading", "trades", "let a market trade again"))
    .addCommand(marketFees());
  return withExamples(command, "halcyon market list", "halcyon market halt BTCUSDT");
}

export function assetCommand(): Command {
  const create = withCommonOptions(new Command("create"))
    .argument("<code>", "such as SOL")
    .description("create an asset; code and decimals can never be changed")
    .requiredOption("--decimals <count>", "digits after the point, 0 to 18", wholeNumber)
    .action(async (code: string, options: CommonOptions & { decimals: number }) => {
      const body = { code, decimals: options.decimals };
      const asset = await callAdmin<Asset>(options, "POST", "/assets", body);
      printResult(options, asset, `${asset.code} with ${asset.decimals} decimals`);
    });
  const list = withCommonOptions(new Command("list"))
    .description("list the assets")
    .action(async (options: CommonOptions) => {
      const assets = await listAdmin<Asset>(options, "/assets", "assets");
      const rows = assets.map(({ code, decimals }) => [code, String(decimals)]);
      printResult(options, { assets }, table(["CODE", "DECIMALS"], rows));
    });
  const command = new Command("asset")
    .description("create and list assets")
    .addCommand(withExamples(create, "halcyon asset create SOL --decimals 9"))
    .addCommand(withExamples(list, "halcyon asset list"));
  return withExamples(command, "halcyon asset create SOL --decimals 9");
}
