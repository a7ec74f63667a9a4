namespace OrleansBroker.Api.Frame;

internal delegate bool TryParse<T>(string text, out T value);
