import './theme/mantine.css';
import './theme/tokens.css';
import './theme/base.css';
import './layout/layout.css';
import './filters/filters.css';
import './pages/pages.css';
import './theme/print.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueryClient } from './api/queries.ts';
import { router } from './router.tsx';
import { theme } from './theme/theme.ts';

const colorSchemes = localStorageColorSchemeManager({ key: 'turnout-theme' });
const queryClient = createQueryClient();
const root = document.getElementById('root');
if (!root) throw new Error('the page has no #root');

createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} colorSchemeManager={colorSchemes} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
