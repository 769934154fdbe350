export * from '@personr/specimens';
