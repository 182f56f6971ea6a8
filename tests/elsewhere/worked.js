export const checkWorked = () => [];
