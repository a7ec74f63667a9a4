namespace OrleansBroker.Soak.Tests.Model;

/// <summary>A SUBSCRIBE that was to read the retained messages of its filter.</summary>
/// <param name="When">SUBSCRIBE sent to SUBACK read.</param>
/// <param name="Grant">What was asked for.</param>
/// <param name="IsRequired">False when it may have read nothing: no SUBACK, or Retain Handling 1 and nobody knows whether the filter was held.</param>
internal sealed record SubscribeRead(Window When, Grant Grant, bool IsRequired);
