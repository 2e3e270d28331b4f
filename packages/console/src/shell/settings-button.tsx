import { useState } from "react";
import { Choice } from "../design/field.tsx";
import { Modal } from "../design/modal.tsx";
import { changeSettings, type Settings, useSettings } from "../settings/settings.ts";
import { texts } from "../texts/texts.ts";

const LOCALES = ["en-GB", "en-US", "de-DE", "de-CH", "fr-FR", "es-ES", "pt-BR", "ja-JP"];
const ZONES = [
  "UTC",
  "Europe/London",
  "Europe/Berlin",
  "America/New_York",
  "America/Chicago",
  "America/Los_Angeles",
  "America/Sao_Paulo",
  "Asia/Singapore",
  "Asia/Tokyo",
  "Australia/Sydney",
];

export function SettingsButton() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="button quiet"
        aria-label={texts.settings.title}
        title={texts.settings.title}
        onClick={() => setOpen(true)}
      >
        <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
          <circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
          <path d="M8 2a6 6 0 0 1 0 12z" fill="currentColor" />
        </svg>
      </button>
      <Modal isOpen={isOpen} onClose={() => setOpen(false)} title={texts.settings.title}>
        <SettingsForm />
        <div className="actions">
          <button type="button" className="button primary" onClick={() => setOpen(false)}>
            {texts.settings.done}
          </button>
        </div>
      </Modal>
    </>
  );
}

function SettingsForm() {
  const { theme, locale, timeZone } = useSettings();
  const { browser, themes } = texts.settings;
  return (
    <div className="settings">
      <Choice<Settings["theme"]>
        label={texts.settings.theme}
        value={theme}
        options={[
          ["system", themes.system],
          ["dark", themes.dark],
          ["light", themes.light],
        ]}
        onChange={(next) => changeSettings({ theme: next })}
      />
      <Choice
        label={texts.settings.locale}
        value={locale}
        options={[["", browser], ...LOCALES.map((name) => [name, sampleOf(name)] as const)]}
        onChange={(next) => changeSettings({ locale: next })}
      />
      <Choice
        label={texts.settings.timeZone}
        value={timeZone}
        options={[["", browser], ...ZONES.map((zone) => [zone, zone] as const)]}
        onChange={(next) => changeSettings({ timeZone: next })}
      />
    </div>
  );
}

function sampleOf(locale: string): string {
  const number = new Intl.NumberFormat(locale).format(12_345.6);
  return `${number} · ${new Intl.DateTimeFormat(locale).format(Date.UTC(2026, 11, 31))} (${locale})`;
}
