using Microsoft.OpenApi;

namespace OrleansBroker.Api.Frame;

/// <summary>One query parameter of an endpoint: what it is called, what it accepts, what it means. Made by <see cref="Query"/>; an endpoint names its own by <see cref="EndpointConventions.Takes"/>.</summary>
public abstract class QueryParameter
{
    private protected QueryParameter(string name, string accepts, string description, OpenApiSchema schema)
    {
        Name = name;
        Accepts = accepts;
        Description = description;
        Schema = schema;
    }

    public string Name { get; }

    /// <summary>For messages: "1 to 1000".</summary>
    public string Accepts { get; }

    public string Description { get; }

    /// <summary>True when a request without it is refused.</summary>
    public bool IsRequired { get; private protected init; }

    internal OpenApiSchema Schema { get; }

    /// <summary>The value of a text that is already decoded.</summary>
    internal abstract bool TryParse(string text, out object? value);
}

/// <inheritdoc cref="QueryParameter"/>
public sealed class QueryParameter<T> : QueryParameter
{
    private readonly TryParse<T> _parse;

    internal QueryParameter(string name, string accepts, string description, OpenApiSchema schema, TryParse<T> parse, T absent)
        : base(name, accepts, description, schema)
    {
        _parse = parse;
        Absent = absent;
    }

    /// <summary>The value when the request does not have the parameter.</summary>
    public T Absent { get; }

    /// <summary>The same, and a request without it is refused.</summary>
    public QueryParameter<T> Required() => new(Name, Accepts, Description, Schema, _parse, Absent) { IsRequired = true };

    internal override bool TryParse(string text, out object? value)
    {
        bool valid = _parse(text, out var parsed);
        value = parsed;
        return valid;
    }
}
