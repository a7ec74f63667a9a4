namespace OrleansBroker.Api.Tests.Otlp;

/// <summary>A span as it came.</summary>
/// <param name="Tags">Texts as they are, numbers and truth values as text.</param>
internal sealed record OtlpSpan(string TraceId, string SpanId, string ParentId, string Name, IReadOnlyDictionary<string, string> Tags)
{
    // opentelemetry/proto/trace/v1/trace.proto and common/v1/common.proto
    public static IEnumerable<OtlpSpan> AllOf(byte[] request) => ProtoField.Of(request)
        .All(1).SelectMany(static resource => resource.All(2)).SelectMany(static scope => scope.All(2))
        .Select(static span => new OtlpSpan(span.One(1).Hex, span.One(2).Hex, span.One(4).Hex, span.One(5).Text, span.All(9).ToDictionary(static tag => tag.One(1).Text, static tag => TextOf(tag.One(2)))));

    private static string TextOf(ProtoField value) =>
        value.One(1) is { Number: 1 } text ? text.Text : value.One(2) is { Number: 2 } truth ? (truth.Value != 0 ? "true" : "false") : value.One(3).Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
