/** An asset: amounts of it are integers in 10^-decimals. */
export type Asset = { readonly id: number; readonly code: string; readonly decimals: number };

export const assetsMax = 2048;
export const assetDecimalsMax = 18;

export class Assets {
  private readonly list: Asset[] = [];
  private readonly codes = new Map<string, Asset>();

  add(code: string, decimals: number): Asset {
    const asset = { id: this.list.length, code, decimals };
    this.list.push(asset);
    this.codes.set(code, asset);
    return asset;
  }
  get(id: number): Asset | undefined {
    return this.list[id];
  }
  byCode(code: string): Asset | undefined {
    return this.codes.get(code);
  }
  all(): readonly Asset[] {
    return this.list;
  }
}

/** Whether there can be an asset with this code and so many decimals. */
export function isAsset(code: string, decimals: number): boolean {
  return isAssetCode(code) && decimals >= 0 && decimals <= assetDecimalsMax;
}

/** 1 to 20 of A-Z and 0-9: what the dialect allows a coin to be called. */
export function isAssetCode(code: string): boolean {
  return /^[A-Z0-9]{1,20}$/.test(code);
}
