import { shortText, unitsText } from "../venue/decimal.ts";
import { type Settings, useSettings } from "./settings.ts";

/** Shows numbers and times by the chosen locale and time zone. Decimals stay exact. */
export interface Format {
  /** A decimal text with exactly so many places, or as many as it has. */
  decimal(text: string, places?: number): string;
  /** Units of 10^-decimals, with all places. */
  units(units: bigint, decimals: number): string;
  /** The same without zeros at the end. */
  short(units: bigint, decimals: number): string;
  /** A large amount in few characters: 1.24M. */
  compact(value: number): string;
  percent(text: string): string;
  time(timeMs: number): string;
  date(timeMs: number): string;
  dateTime(timeMs: number): string;
}

const formats = new Map<string, Format>();

export function useFormat(): Format {
  return formatOf(useSettings());
}

export function formatOf({ locale, timeZone }: Settings): Format {
  const key = `${locale}|${timeZone}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const format = createFormat(locale === "" ? undefined : locale, timeZone || undefined);
  formats.set(key, format);
  return format;
}

function createFormat(locale: string | undefined, timeZone: string | undefined): Format {
  const byPlaces = new Map<number, Intl.NumberFormat>();
  const numbers = (places: number) => {
    const known = byPlaces.get(places);
    if (known !== undefined) return known;
    const made = new Intl.NumberFormat(locale, {
      minimumFractionDigits: places,
      maximumFractionDigits: places,
    });
    byPlaces.set(places, made);
    return made;
  };
  const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 2 });
  const clock = {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  } as const;
  const time = new Intl.DateTimeFormat(locale, { ...clock, timeZone });
  const day = { year: "numeric", month: "2-digit", day: "2-digit" } as const;
  const date = new Intl.DateTimeFormat(locale, { ...day, timeZone });
  const dateTime = new Intl.DateTimeFormat(locale, { ...day, ...clock, timeZone });
  const decimal = (text: string, places = text.split(".")[1]?.length ?? 0) =>
    // A decimal as text is formatted exactly, however many digits it has.
    numbers(places).format(text as Intl.StringNumericLiteral);
  return {
    decimal,
    units: (units, decimals) => decimal(unitsText(units, decimals)),
    short: (units, decimals) => decimal(shortText(units, decimals)),
    compact: (value) => compact.format(value),
    percent: (text) => {
      const sign = text.startsWith("-") || !/[1-9]/.test(text) ? "" : "+";
      return `${sign}${decimal(text, 2)} %`;
    },
    time: (timeMs) => time.format(timeMs),
    date: (timeMs) => date.format(timeMs),
    dateTime: (timeMs) => dateTime.format(timeMs),
  };
}
