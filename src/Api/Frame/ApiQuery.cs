using Microsoft.AspNetCore.Http;

namespace OrleansBroker.Api.Frame;

/// <summary>The query parameters of a request, checked before the endpoint is called: an argument of the endpoint's method. Only what the endpoint takes is in it.</summary>
public sealed class ApiQuery
{
    private readonly Dictionary<QueryParameter, object?> _values = [];

    private ApiQuery()
    {
    }

    /// <summary>The value, or the parameter's <see cref="QueryParameter{T}.Absent"/>.</summary>
    public T Get<T>(QueryParameter<T> parameter) => _values.TryGetValue(parameter, out object? value) ? (T)value! : parameter.Absent;

    /// <summary>True when the request has it.</summary>
    public bool Has(QueryParameter parameter) => _values.ContainsKey(parameter);

    /// <summary>Called by ASP.NET Core.</summary>
    public static ValueTask<ApiQuery?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<ApiQuery>());

    /// <summary>Reads a query string, in which <c>+</c> has no meaning: a space for forms and a plus sign for filters, it would be a wrong guess for somebody.</summary>
    /// <exception cref="ApiProblemException">A parameter is not known, not valid, given twice or missing.</exception>
    internal static ApiQuery Read(string? queryString, IReadOnlyList<QueryParameter> known)
    {
        var query = new ApiQuery();
        foreach (string pair in (queryString ?? "").TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            string name = Decode(equals < 0 ? pair : pair[..equals], "A parameter's name");
            var parameter = known.FirstOrDefault(each => each.Name == name)
                ?? throw ApiProblem.UnknownParameter.Because(known.Count == 0 ? "There are no query parameters here." : $"There are {string.Join(", ", known.Select(each => each.Name))}.", Shorten(name));
            query.Add(parameter, equals < 0 ? "" : Decode(pair[(equals + 1)..], name, name));
        }
        return known.FirstOrDefault(parameter => parameter.IsRequired && !query.Has(parameter)) is { } missing
            ? throw ApiProblem.InvalidParameter.Because($"{missing.Name} is missing. It accepts {missing.Accepts}.", missing.Name)
            : query;
    }

    private void Add(QueryParameter parameter, string text)
    {
        if (!parameter.TryParse(text, out object? value))
            throw ApiProblem.InvalidParameter.Because($"{parameter.Name} accepts {parameter.Accepts}.", parameter.Name);
        if (!_values.TryAdd(parameter, value))
            throw ApiProblem.InvalidParameter.Because($"{parameter.Name} is given twice.", parameter.Name);
    }

    private static string Decode(string raw, string what, string? parameter = null)
    {
        if (raw.Contains('+', StringComparison.Ordinal))
            throw ApiProblem.InvalidParameter.Because($"{what} has a +. Write %2B for a plus sign and %20 for a space.", parameter);
        return PercentText.TryDecode(raw, out string text) ? text : throw ApiProblem.InvalidParameter.Because($"{what} is not percent-encoded UTF-8 without U+0000.", parameter);
    }

    private static string Shorten(string name) => name.Length <= 64 ? name : name[..64] + "…";
}
