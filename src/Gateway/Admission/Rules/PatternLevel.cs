namespace OrleansBroker.Gateway.Admission.Rules;

/// <param name="Text">UTF-8 of a literal level, otherwise empty.</param>
internal readonly record struct PatternLevel(PatternLevelKind Kind, byte[] Text);
