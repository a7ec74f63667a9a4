using System.Reflection;

namespace OrleansBroker.Api.Frame;

/// <summary>
/// One entry of the closed catalogue of what can go wrong (docs/rest/problems.md). Codes are forever: clients act on them. Each subject has its own in a part
/// of this class: <c>public static readonly ApiProblem X = new(…)</c>.
/// </summary>
public sealed partial class ApiProblem
{
    private const string TypePrefix = "urn:orleans-broker:problem:";

    /// <param name="meaning">For the catalogue's page: when it comes, and what to do.</param>
    private ApiProblem(string code, int status, string title, string meaning)
    {
        Code = code;
        Status = status;
        Title = title;
        Meaning = meaning;
    }

    /// <summary>The whole catalogue, by status and code. Found, not listed: what stands in any part of the class is in it.</summary>
    public static IReadOnlyList<ApiProblem> All =>
    [
        .. typeof(ApiProblem).GetFields(BindingFlags.Static | BindingFlags.Public).Select(static entry => entry.GetValue(null)).OfType<ApiProblem>()
            .OrderBy(problem => problem.Status).ThenBy(problem => problem.Code, StringComparer.Ordinal),
    ];

    public string Code { get; }

    public int Status { get; }

    public string Title { get; }

    public string Meaning { get; }

    /// <summary>The <c>type</c> of RFC 9457: an identifier, not an address.</summary>
    public string Type => TypePrefix + Code;

    /// <summary>To be thrown; the answer follows by itself.</summary>
    /// <param name="detail">For the one who asked: what is wrong with this request, and what would be right. Never a secret, a stack or another user's data.</param>
    /// <param name="parameter">The name of the parameter that is at fault, when it is one.</param>
    /// <param name="retryAfter">When it is worth another try; whole seconds are sent, rounded up.</param>
    public ApiProblemException Because(string detail, string? parameter = null, TimeSpan? retryAfter = null) =>
        new(this, detail) { Parameter = parameter, RetryAfter = retryAfter };
}
