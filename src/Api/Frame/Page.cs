using System.ComponentModel;
using System.Text.Json.Serialization;

namespace OrleansBroker.Api.Frame;

/// <summary>A page of a listing.</summary>
/// <param name="Cursor">Asks for the next page; null at the end.</param>
/// <param name="AsOf">When the page was read.</param>
/// <param name="Partial">Nodes that did not answer, so that what they have may lack; absent when all did.</param>
public sealed record Page<T>(
    IReadOnlyList<T> Items,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never), Description("Asks for the next page; null at the end. Opaque, and valid while nodes come and go.")] string? Cursor,
    [property: Description("When the page was read.")] DateTimeOffset AsOf,
    [property: Description("Nodes that did not answer in their time: what they have may be missing. Absent when all answered.")] IReadOnlyList<string>? Partial = null);
