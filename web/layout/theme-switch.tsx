import { IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react';
import { setColorScheme, useColorScheme } from '../theme/color-scheme.ts';

const THEMES = [
  { value: 'auto', label: 'Like the system', Icon: IconDeviceDesktop },
  { value: 'light', label: 'Light', Icon: IconSun },
  { value: 'dark', label: 'Dark', Icon: IconMoon },
] as const;

export function ThemeSwitch() {
  const colorScheme = useColorScheme();
  return (
    <fieldset className="segments" aria-label="Theme">
      {THEMES.map(({ value, label, Icon }) => (
        <label key={value} title={label}>
          <input
            type="radio"
            name="theme"
            value={value}
            checked={colorScheme === value}
            onChange={() => setColorScheme(value)}
          />
          <Icon aria-hidden size={16} />
          <span className="visually-hidden">{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
